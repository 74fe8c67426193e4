import { asc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { adapterFiles, adapters } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Adapter } from './saveAdapter.ts'

/** Blobs by role: card, influence, path, counterfactual/<group>, … */
export type AdapterWithFiles = Adapter & { files: Record<string, Digest> }

/** An adapter with its files by role. Throws store/not-found. */
export const getAdapter = defineQuery(
  'getAdapter',
  async ({ db }, { digest }: { digest: Digest }): Promise<AdapterWithFiles> => {
    const adapter = oneRow(await db.select().from(adapters).where(eq(adapters.digest, digest)), 'adapter', { digest })
    const files = await db
      .select()
      .from(adapterFiles)
      .where(eq(adapterFiles.adapter, digest))
      .orderBy(asc(adapterFiles.role))
    return { ...adapter, files: Object.fromEntries(files.map(({ role, blob }) => [role, blob])) }
  },
)
