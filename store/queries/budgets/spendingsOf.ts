import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Address } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { spendings, type SpendingState } from '../../schema/index.ts'
import type { Spending } from './spendingBuckets.ts'

/** The spendings of a wallet in some states, oldest first; unless given, those that may still be charged. */
export const spendingsOf = defineQuery(
  'spendingsOf',
  async (
    { db },
    { wallet, states = ['reserved', 'signed'] }: { wallet: Address; states?: readonly SpendingState[] },
  ): Promise<Spending[]> =>
    db
      .select()
      .from(spendings)
      .where(and(eq(spendings.wallet, wallet.toLowerCase() as Address), inArray(spendings.state, [...states])))
      .orderBy(asc(spendings.reservedAtMs), asc(spendings.key)),
)
