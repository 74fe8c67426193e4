import { TributaryError, type Address, type PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payeeKeys } from '../../schema/index.ts'
import { payeeKeyOf } from './payeeKeyOf.ts'

/** Keep the key that a payee named, once; the same again changes nothing. Throws payee/key-named. */
export const namePayeeKey = defineQuery(
  'namePayeeKey',
  async (store, { payee, account, atMs }: { payee: PayeeId; account: Address; atMs: number }): Promise<void> => {
    await store.db.insert(payeeKeys).values({ payee, account, atMs }).onConflictDoNothing()
    const first = await payeeKeyOf(store, { payee })
    if (first?.toLowerCase() === account.toLowerCase()) return
    throw new TributaryError('This payee has named another key already.', {
      code: 'payee/key-named',
      facts: { payee, account: first },
      tryThis: 'prove control by the key that it named, or by its package or domain',
    })
  },
)
