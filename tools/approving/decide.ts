import { approvalRefused, TributaryError, type Digest } from '../../kernel/index.ts'
import { decideApproval, findApproval } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { approvalSigner } from './approvalSigner.ts'
import { toApprovalView, type ApprovalView } from './approvalView.ts'
import { outOfTime, refuseOwnWord } from './holdForApproval.ts'

/**
 * Says yes or no to the action of a digest, once: a signed line, then word to the workflow that waits, which reaches it also where its worker
 * is down. The same word again changes nothing, and is passed on again. `resumed` is false where no workflow waits any more.
 * Throws approval/unknown, approval/own-word, approval/expired, approval/decided.
 */
export async function decide(
  ctx: ToolContext,
  { digest, reason }: { digest: Digest; reason?: string | undefined },
  state: 'approved' | 'denied',
): Promise<{ approval: ApprovalView; resumed: boolean }> {
  const { store, workflows, now } = ctx
  const found = await findApproval(store, { digest })
  if (found === undefined) throw unknownApproval(digest)
  refuseOwnWord(ctx)
  if (found.state === 'waiting' && found.expiresAtMs !== null && now() >= found.expiresAtMs)
    await outOfTime(ctx, digest)
  const word = { digest, state, by: 'operator', reason: reason ?? null, atMs: now(), signer: approvalSigner(ctx) }
  const row = (await decideApproval(store, word)) ?? (await findApproval(store, { digest })) ?? found
  if (row.state === 'expired') throw approvalRefused('expired', { digest })
  if (row.state !== state) {
    throw new TributaryError('This action was decided about before, in another way.', {
      code: 'approval/decided',
      facts: { digest, state: row.state, by: row.by },
      tryThis: 'a decision is not taken back: ask for the action again, under another step or key',
    })
  }
  const verdict = { verdict: state === 'approved' ? 'approve' : 'deny', digest, ...(reason && { reason }) } as const
  const resumed = row.workflow !== null && (await workflows.tell(row.workflow, verdict))
  return { approval: toApprovalView(row, now()), resumed }
}

export function unknownApproval(digest: string): TributaryError {
  return new TributaryError('No action of this digest was asked about.', {
    code: 'approval/unknown',
    facts: { digest },
    tryThis: 'tributary approvals list shows what waits',
  })
}
