import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { purchases } from '../../schema/index.ts'
import type { Purchase } from './savePurchase.ts'

/** The payment signed under a key, or undefined. */
export const findPurchase = defineQuery(
  'findPurchase',
  async ({ db }, { key }: { key: string }): Promise<Purchase | undefined> => {
    const [found] = await db.select().from(purchases).where(eq(purchases.key, key))
    return found
  },
)
