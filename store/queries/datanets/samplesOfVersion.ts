import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import { TributaryError, type Sample } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { samples, versionSamples } from '../../schema/index.ts'
import { sampleFromRow } from './sampleFromRow.ts'

/** The samples of a version in the order of its Merkle leaves. Throws store/erased when one has no bytes any more. */
export const samplesOfVersion = defineQuery(
  'samplesOfVersion',
  async ({ db }, { datanet, number }: { datanet: string; number: number }): Promise<Sample[]> => {
    const rows = await db
      .select(getTableColumns(samples))
      .from(versionSamples)
      .innerJoin(samples, eq(samples.id, versionSamples.sample))
      .where(and(eq(versionSamples.datanet, datanet), eq(versionSamples.number, number)))
      .orderBy(asc(versionSamples.position))
    return rows.map((row) => {
      const sample = sampleFromRow(row)
      if (sample !== undefined) return sample
      throw new TributaryError('The bytes of a sample of this version were erased.', {
        code: 'store/erased',
        facts: { id: row.id, datanet, number },
        tryThis: 'publish a version without it and train on that',
      })
    })
  },
)
