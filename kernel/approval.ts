import canonicalize from 'canonicalize'
import { digestText } from './digest.ts'
import { findError } from './findError.ts'
import type { Digest } from './schemas.ts'
import { TributaryError } from './TributaryError.ts'

/** An action that waits for somebody's word: its RFC 8785 text, and the digest that is approved. */
export type ApprovalRequest = { action: string; digest: Digest; expiresAtMs: number | null }

/** What was said of it, or that its time is over. It names the digest, so it is worth nothing for any other action. */
export type ApprovalVerdict = { verdict: 'approve' | 'deny' | 'expired'; digest: string; reason?: string }

/**
 * An action as an approver sees it: RFC 8785 text, which may hold fractions (a temperature), and sha-256 of its UTF-8 bytes.
 * Throws kernel/not-canonical where a text has half of a surrogate pair.
 */
export function canonicalAction(action: unknown): Pick<ApprovalRequest, 'action' | 'digest'> {
  const plain = JSON.stringify(action, (_, value: unknown) => {
    if (typeof value !== 'string' || value.isWellFormed()) return value
    throw new TributaryError('The action holds half of a surrogate pair, which has no canonical form.', {
      code: 'kernel/not-canonical',
      facts: { characters: value.length },
      tryThis: 'send well-formed text',
    })
  })
  const text = canonicalize(JSON.parse(plain)) as string
  return { action: text, digest: digestText(text) }
}

/** What an activity throws so that the workflow that called it waits for a verdict, and calls it again with that. */
export function approvalRequired({ action, digest, expiresAtMs }: ApprovalRequest): TributaryError {
  return new TributaryError('This needs somebody’s approval.', {
    code: 'approval/required',
    facts: { digest, action, expiresAtMs },
    tryThis: 'look at the action and approve its digest: tributary approvals show, then tributary approvals approve',
  })
}

/** The request behind a failure, where it is one. */
export function approvalRequestIn(failure: unknown): ApprovalRequest | undefined {
  const error = findError(failure)
  if (error?.code !== 'approval/required') return undefined
  const { action, digest, expiresAtMs } = error.facts as Partial<ApprovalRequest>
  if (typeof action !== 'string' || typeof digest !== 'string') return undefined
  return { action, digest, expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : null }
}

const refusals = {
  changed: 'Another action was asked about here, and this one differs from it.|approve the digest of the action that is meant now, or call under a new key',
  denied: 'This action was denied.|ask for another action, under another step or key',
  expired: 'Nobody approved this action in its time.|ask again, under another step or key, and give it more time',
} // prettier-ignore

/** An action that is not done: because it changed after it was asked about, was denied, or nobody answered in time. */
export function approvalRefused(how: keyof typeof refusals, facts: Record<string, string | null>): TributaryError {
  const [message, tryThis] = refusals[how].split('|') as [string, string]
  return new TributaryError(message, { code: `approval/${how}`, facts, tryThis })
}
