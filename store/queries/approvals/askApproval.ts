import { and, eq, gte, sql } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { approvalRules, approvals } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { oneRow } from '../oneRow.ts'
import { approvalLine, type Approval, type Signer } from './approvalLine.ts'

export type ApprovalRule = typeof approvalRules.$inferSelect
export type Asked = Omit<Approval, 'state' | 'by' | 'reason' | 'decidedAtMs'>

/**
 * Puts an action before its approver, once a digest: the row that is there already is returned as it is. Where the rule allows its
 * amount, the rule approves it at once, and counts it against what it may approve together, in one statement.
 * A signed line tells what came of it, in the same transaction.
 */
export const askApproval = defineQuery(
  'askApproval',
  async (store, { asked, rule, signer }: { asked: Asked; rule: ApprovalRule | undefined; signer: Signer }) =>
    transaction(store, async (tx): Promise<Approval> => {
      const open = { ...asked, state: 'waiting' as const, by: null, reason: null, decidedAtMs: null }
      const [inserted] = await tx.db.insert(approvals).values(open).onConflictDoNothing().returning()
      if (inserted === undefined) {
        const { digest } = asked
        return oneRow(await tx.db.select().from(approvals).where(eq(approvals.digest, digest)), 'approval', { digest })
      }
      const by = rule && (await allowedBy(tx, rule, asked.amountWei))
      if (by === undefined) {
        await approvalLine(tx, inserted, signer)
        return inserted
      }
      const decided = { state: 'approved' as const, by, action: null, decidedAtMs: asked.askedAtMs }
      const [approved] = await tx.db
        .update(approvals)
        .set(decided)
        .where(eq(approvals.digest, asked.digest))
        .returning()
      await approvalLine(tx, approved as Approval, signer)
      return approved as Approval
    }),
)

type Tx = Parameters<Parameters<typeof transaction>[1]>[0]

async function allowedBy({ db }: Tx, rule: ApprovalRule, amountWei: bigint | null): Promise<string | undefined> {
  if (rule.mode !== 'under' || amountWei === null) return undefined
  const amount = sql`${`${amountWei}`}::numeric`
  const counted = await db
    .update(approvalRules)
    .set({ usedWei: sql`${approvalRules.usedWei} + ${amount}` })
    .where(
      and(
        eq(approvalRules.tool, rule.tool),
        eq(approvalRules.agent, rule.agent),
        eq(approvalRules.mode, 'under'),
        gte(approvalRules.underWei, amountWei),
        sql`(${approvalRules.budgetWei} is null or ${approvalRules.usedWei} + ${amount} <= ${approvalRules.budgetWei})`,
      ),
    )
    .returning({ tool: approvalRules.tool })
  return counted.length === 0 ? undefined : `rule ${rule.tool}/${rule.agent}`
}
