import { eq } from 'drizzle-orm'
import type { Address, PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payeeKeys } from '../../schema/index.ts'

/** The key that a payee named beforehand; null where it named none. */
export const payeeKeyOf = defineQuery(
  'payeeKeyOf',
  async ({ db }, { payee }: { payee: PayeeId }): Promise<Address | null> => {
    const [row] = await db.select({ account: payeeKeys.account }).from(payeeKeys).where(eq(payeeKeys.payee, payee))
    return row?.account ?? null
  },
)
