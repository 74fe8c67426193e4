import { asc, desc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { approvals, type ApprovalState } from '../../schema/index.ts'
import type { Approval } from './approvalLine.ts'

/** The latest first; of one state where one is named. */
export const listApprovals = defineQuery(
  'listApprovals',
  async ({ db }, { state, count }: { state?: ApprovalState | undefined; count: number }): Promise<Approval[]> =>
    db
      .select()
      .from(approvals)
      .where(state === undefined ? undefined : eq(approvals.state, state))
      .orderBy(desc(approvals.askedAtMs), asc(approvals.digest))
      .limit(count),
)
