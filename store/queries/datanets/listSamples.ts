import { and, asc, eq, getTableColumns, isNull } from 'drizzle-orm'
import type { Sample } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { contributions, samples } from '../../schema/index.ts'
import { sampleFromRow } from './sampleFromRow.ts'

/** The samples of a Datanet in the order of commitment, without the erased ones. `from` skips that many. */
export const listSamples = defineQuery(
  'listSamples',
  async (
    { db },
    { datanet, from = 0, limit = 1_000_000 }: { datanet: string; from?: number; limit?: number },
  ): Promise<Sample[]> => {
    const rows = await db
      .select(getTableColumns(samples))
      .from(samples)
      .innerJoin(contributions, eq(contributions.sample, samples.id))
      .where(and(eq(contributions.datanet, datanet), isNull(samples.erasedAtMs)))
      .orderBy(asc(contributions.position))
      .offset(from)
      .limit(limit)
    return rows.flatMap((row) => sampleFromRow(row) ?? [])
  },
)
