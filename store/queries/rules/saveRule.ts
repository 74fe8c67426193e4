import { canonicalText, digestText, revenueRuleSchema, type Digest, type RevenueRule } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { rules } from '../../schema/index.ts'

/** Keep a revenue rule under its digest, by which receipts name it. */
export const saveRule = defineQuery(
  'saveRule',
  async ({ db }, { rule, atMs = Date.now() }: { rule: RevenueRule; atMs?: number }): Promise<Digest> => {
    const body = canonicalText(revenueRuleSchema.parse(rule))
    const digest = digestText(body)
    await db.insert(rules).values({ digest, body, atMs }).onConflictDoNothing()
    return digest
  },
)
