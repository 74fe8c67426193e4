import { asc, sql } from 'drizzle-orm'
import { digestText, revenueRuleSchema, type Digest, type RevenueRule } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { receipts, rules } from '../../schema/index.ts'

export type KnownRule = { digest: Digest; rule: RevenueRule; atMs: number; receipts: number }

/** All stored rules, oldest first, with the number of receipts that name each. Cost: one pass over the receipts. */
export const listRules = defineQuery('listRules', async ({ db }): Promise<KnownRule[]> => {
  const named = sql<Digest>`${receipts.body}::jsonb ->> 'rule'`
  const counted = await db
    .select({ rule: named, receipts: sql<string>`count(*)` })
    .from(receipts)
    .groupBy(named)
  const count = new Map(counted.map((row) => [row.rule, Number(row.receipts)]))
  const rows = await db.select().from(rules).orderBy(asc(rules.atMs), asc(rules.digest))
  return rows
    .filter(({ digest, body }) => digestText(body) === digest)
    .map(({ digest, body, atMs }) => {
      return { digest, rule: revenueRuleSchema.parse(JSON.parse(body)), atMs, receipts: count.get(digest) ?? 0 }
    })
})
