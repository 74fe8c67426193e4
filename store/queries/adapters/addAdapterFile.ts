import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { adapterFiles } from '../../schema/index.ts'

/** One more blob of an adapter, under a role that it does not have yet; one that it has stays as it is. */
export const addAdapterFile = defineQuery(
  'addAdapterFile',
  async ({ db }, { adapter, role, blob }: { adapter: Digest; role: string; blob: Digest }): Promise<void> => {
    await db.insert(adapterFiles).values({ adapter, role, blob }).onConflictDoNothing()
  },
)
