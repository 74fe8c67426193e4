import { and, asc, eq } from 'drizzle-orm'
import { digestOf } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { approvalRules } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { appendTrace } from '../traces/appendTrace.ts'
import { approvalSubject, type Signer } from './approvalLine.ts'
import type { ApprovalRule } from './askApproval.ts'

export const listApprovalRules = defineQuery('listApprovalRules', async ({ db }): Promise<ApprovalRule[]> =>
  db.select().from(approvalRules).orderBy(asc(approvalRules.tool), asc(approvalRules.agent)),
)

type NewRule = Omit<ApprovalRule, 'usedWei' | 'mode'> & { mode: ApprovalRule['mode'] | null }

/** A rule set anew counts from nothing again; without a mode it is taken away. A signed line tells it, in the same transaction. */
export const setApprovalRule = defineQuery(
  'setApprovalRule',
  async (store, { rule, signer }: { rule: NewRule; signer: Signer }): Promise<void> =>
    transaction(store, async (tx) => {
      const { tool, agent, mode, underWei, budgetWei, expiresSeconds, atMs } = rule
      if (mode === null) {
        await tx.db.delete(approvalRules).where(and(eq(approvalRules.tool, tool), eq(approvalRules.agent, agent)))
      } else {
        const limits = { mode, underWei, budgetWei, expiresSeconds, atMs, usedWei: 0n }
        await tx.db
          .insert(approvalRules)
          .values({ tool, agent, ...limits })
          .onConflictDoUpdate({ target: [approvalRules.tool, approvalRules.agent], set: limits })
      }
      const wei = (amount: bigint | null) => (amount === null ? null : `${amount}`)
      const body = { v: 1, tool, agent, mode, underWei: wei(underWei), budgetWei: wei(budgetWei), expiresSeconds, atMs }
      const { address, sign } = signer
      const subject = approvalSubject(address)
      await appendTrace(tx, { subject, key: `rule/${digestOf(body)}`, kind: 'approval/rule', body, atMs, sign })
    }),
)
