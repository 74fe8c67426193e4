import { desc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { aliases } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'

/** Let a name mean an adapter from now on; what it meant before stays on record. Setting it again adds nothing. */
export const setAlias = defineQuery(
  'setAlias',
  async (
    store,
    { name, adapter, atMs = Date.now() }: { name: string; adapter: Digest; atMs?: number },
  ): Promise<void> =>
    transaction(store, async (tx) => {
      const [now] = await tx.db.select().from(aliases).where(eq(aliases.name, name)).orderBy(desc(aliases.seq)).limit(1)
      if (now?.adapter !== adapter) await tx.db.insert(aliases).values({ name, adapter, atMs })
    }),
)
