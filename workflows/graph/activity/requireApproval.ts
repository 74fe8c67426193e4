import { approvalRefused, approvalRequired, canonicalAction, type Digest } from '../../../kernel/index.ts'
import { brought } from './brought.ts'

/**
 * For an activity that needs somebody's word, with no store. Its workflow waits, shows the action among its interrupts, takes the
 * answer by `resume(id, digest, { verdict, digest })`, and calls the activity again with it: so the action must be the same then, and
 * what comes before must bear to be done again. Returns the digest that was approved.
 *
 * Throws approval/required (which makes the workflow wait), approval/changed, approval/denied, approval/expired.
 */
export function requireApproval({ action, expiresInMs }: { action: unknown; expiresInMs?: number }): Digest {
  const canonical = canonicalAction(action)
  const { digest } = canonical
  const verdict = brought.getStore()?.verdict
  if (verdict === undefined) {
    throw approvalRequired({ ...canonical, expiresAtMs: expiresInMs === undefined ? null : Date.now() + expiresInMs })
  }
  if (verdict.digest !== digest) throw approvalRefused('changed', { asked: digest, answered: verdict.digest })
  if (verdict.verdict === 'expired') throw approvalRefused('expired', { digest })
  if (verdict.verdict === 'deny') throw approvalRefused('denied', { digest, reason: verdict.reason ?? null })
  return digest
}
