import { and, desc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { datanets, datanetVersions, versionSamples } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'
import { oneRow } from '../oneRow.ts'

export type DatanetVersion = typeof datanetVersions.$inferSelect
export type VersionRecord = {
  datanet: string
  root: Digest
  licences: string[]
  cardDigest: Digest
  curation: string
  /** In the order of the Merkle leaves. */
  samples: readonly Digest[]
  atMs?: number
}

/**
 * Append a version with its samples, numbered from 1; a root that the Datanet has already returns that version.
 * Throws store/not-found for an unknown Datanet.
 */
export const saveVersion = defineQuery('saveVersion', async (store, version: VersionRecord): Promise<DatanetVersion> =>
  transaction(store, async (tx) => {
    const { datanet, root, licences, cardDigest, curation, samples, atMs = Date.now() } = version
    oneRow(await tx.db.select().from(datanets).where(eq(datanets.id, datanet)).for('update'), 'Datanet', { datanet })
    const [same] = await tx.db
      .select()
      .from(datanetVersions)
      .where(and(eq(datanetVersions.datanet, datanet), eq(datanetVersions.root, root)))
    if (same) return same
    const [last] = await tx.db
      .select({ number: datanetVersions.number })
      .from(datanetVersions)
      .where(eq(datanetVersions.datanet, datanet))
      .orderBy(desc(datanetVersions.number))
      .limit(1)
    const number = (last?.number ?? 0) + 1
    const row = {
      datanet,
      number,
      root,
      licences,
      cardDigest,
      curation,
      sampleCount: samples.length,
      createdAtMs: atMs,
    }
    const written = await tx.db.insert(datanetVersions).values(row).returning()
    let position = 0
    for (const chunk of inChunks(samples)) {
      await tx.db
        .insert(versionSamples)
        .values(chunk.map((sample) => ({ datanet, number, position: position++, sample })))
    }
    return oneRow(written, 'Datanet version', { datanet, number })
  }),
)
