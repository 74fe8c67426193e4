import { eq } from 'drizzle-orm'
import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { budgetLimits, budgetUses } from '../../schema/index.ts'
import type { Limit } from './setLimits.ts'

export type Use = typeof budgetUses.$inferSelect

/** All limits of a wallet, and all that counts against them. */
export const budgetOf = defineQuery(
  'budgetOf',
  async ({ db }, { wallet }: { wallet: Address }): Promise<{ limits: Limit[]; uses: Use[] }> => {
    const of = wallet.toLowerCase() as Address
    const limits = await db.select().from(budgetLimits).where(eq(budgetLimits.wallet, of))
    const uses = await db.select().from(budgetUses).where(eq(budgetUses.wallet, of))
    return { limits, uses }
  },
)
