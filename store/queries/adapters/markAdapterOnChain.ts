import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { adapters } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Adapter } from './saveAdapter.ts'

/** Note the transaction that registered an adapter. Throws store/not-found. */
export const markAdapterOnChain = defineQuery(
  'markAdapterOnChain',
  async ({ db }, { digest, tx }: { digest: Digest; tx: Digest }): Promise<Adapter> => {
    return oneRow(await db.update(adapters).set({ tx }).where(eq(adapters.digest, digest)).returning(), 'adapter', {
      digest,
    })
  },
)
