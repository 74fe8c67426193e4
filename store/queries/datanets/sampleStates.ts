import { and, asc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { samples, versionSamples } from '../../schema/index.ts'

/** The ids of a version's samples in the order of its Merkle leaves, and since when their bytes are gone; null: they are there. */
export const sampleStates = defineQuery(
  'sampleStates',
  async (
    { db },
    { datanet, number }: { datanet: string; number: number },
  ): Promise<{ id: Digest; erasedAtMs: number | null }[]> =>
    db
      .select({ id: samples.id, erasedAtMs: samples.erasedAtMs })
      .from(versionSamples)
      .innerJoin(samples, eq(samples.id, versionSamples.sample))
      .where(and(eq(versionSamples.datanet, datanet), eq(versionSamples.number, number)))
      .orderBy(asc(versionSamples.position)),
)
