import { desc, eq } from 'drizzle-orm'
import type { Address, Digest, Sample } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { contributions, datanets, samples } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'
import { oneRow } from '../oneRow.ts'

export type ContributionRecord = {
  sample: Sample
  salt: Digest
  commitment: Digest
  importedBy?: Address
  signature?: string
}

/**
 * Append a batch of contributions and their samples. Positions follow the order of the list, after all that came
 * before: whoever committed first is first. A sample that the Datanet holds already keeps its first position.
 * One transaction; batches of one Datanet are put in a row. Cost: 2 inserts per 1,000 samples.
 * Returns how many were new. Throws store/not-found for an unknown Datanet.
 */
export const addContributions = defineQuery(
  'addContributions',
  async (
    store,
    { datanet, batchRoot, items }: { datanet: string; batchRoot: Digest; items: readonly ContributionRecord[] },
  ): Promise<{ added: number }> =>
    transaction(store, async (tx) => {
      const locked = await tx.db.select().from(datanets).where(eq(datanets.id, datanet)).for('update')
      oneRow(locked, 'Datanet', { datanet })
      const [last] = await tx.db
        .select({ position: contributions.position })
        .from(contributions)
        .where(eq(contributions.datanet, datanet))
        .orderBy(desc(contributions.position))
        .limit(1)
      let position = (last?.position ?? -1) + 1
      let added = 0
      for (const chunk of inChunks(items)) {
        await tx.db
          .insert(samples)
          .values(chunk.map(({ sample }) => sample))
          .onConflictDoNothing()
        const rows = chunk.map(({ sample, salt, commitment, importedBy, signature }) => ({
          datanet,
          sample: sample.id,
          position: position++,
          payee: sample.payee,
          salt,
          commitment,
          batchRoot,
          importedBy: importedBy ?? null,
          signature: signature ?? null,
        }))
        const written = await tx.db
          .insert(contributions)
          .values(rows)
          .onConflictDoNothing()
          .returning({ sample: contributions.sample })
        added += written.length
      }
      return { added }
    }),
)
