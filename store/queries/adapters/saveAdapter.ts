import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { adapterFiles, adapters } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'

export type Adapter = typeof adapters.$inferSelect
export type AdapterRecord = Omit<typeof adapters.$inferInsert, 'createdAtMs' | 'tx'> & {
  /** Blob digest by role: weights, config, card, recipe, counterfactual/<group>, influence, … */
  files: Readonly<Record<string, Digest>>
  atMs?: number
}

/** Note an adapter and the blobs that belong to it, in one transaction. An adapter that exists stays as it is. */
export const saveAdapter = defineQuery('saveAdapter', async (store, record: AdapterRecord): Promise<void> =>
  transaction(store, async (tx) => {
    const { files, atMs = Date.now(), ...row } = record
    await tx.db
      .insert(adapters)
      .values({ ...row, createdAtMs: atMs })
      .onConflictDoNothing()
    const rows = Object.entries(files).map(([role, blob]) => ({ adapter: row.digest, role, blob }))
    if (rows.length > 0) await tx.db.insert(adapterFiles).values(rows).onConflictDoNothing()
  }),
)
