import { defineQuery } from '../../defineQuery.ts'
import { purchases } from '../../schema/index.ts'

export type Purchase = typeof purchases.$inferSelect

/** Keep a signed payment before it leaves. A later one under the same key takes its place: the first can no longer be charged. */
export const savePurchase = defineQuery('savePurchase', async ({ db }, purchase: Purchase): Promise<void> => {
  const { key: _, ...set } = purchase
  await db.insert(purchases).values(purchase).onConflictDoUpdate({ target: purchases.key, set })
})
