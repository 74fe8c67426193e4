import { eq } from 'drizzle-orm'
import { digestText, revenueRuleSchema, TributaryError, type Digest, type RevenueRule } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { rules } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'

/** Throws store/not-found, store/rule-damaged. */
export const getRule = defineQuery('getRule', async ({ db }, { digest }: { digest: Digest }): Promise<RevenueRule> => {
  const { body } = oneRow(await db.select().from(rules).where(eq(rules.digest, digest)), 'revenue rule', { digest })
  const found = digestText(body)
  if (found !== digest) {
    throw new TributaryError('A stored revenue rule is not the one that receipts name.', {
      code: 'store/rule-damaged',
      facts: { digest, foundDigest: found },
      tryThis: 'restore the rules table from a backup',
    })
  }
  return revenueRuleSchema.parse(JSON.parse(body))
})
