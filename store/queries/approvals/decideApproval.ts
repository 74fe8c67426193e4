import { and, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { approvals, type ApprovalState } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { approvalLine, type Approval, type Signer } from './approvalLine.ts'

/**
 * Decides about an action that waits, once, and drops its text; a signed line tells it, in the same transaction. Undefined where it
 * does not wait: then the decision of before holds.
 */
export const decideApproval = defineQuery(
  'decideApproval',
  async (
    store,
    {
      digest,
      state,
      by,
      reason = null,
      atMs,
      signer,
    }: {
      digest: Digest
      state: Exclude<ApprovalState, 'waiting'>
      by: string
      reason?: string | null
      atMs: number
      signer: Signer
    },
  ): Promise<Approval | undefined> =>
    transaction(store, async (tx) => {
      const [decided] = await tx.db
        .update(approvals)
        .set({ state, by, reason, decidedAtMs: atMs, action: null })
        .where(and(eq(approvals.digest, digest), eq(approvals.state, 'waiting')))
        .returning()
      if (decided) await approvalLine(tx, decided, signer)
      return decided
    }),
)
