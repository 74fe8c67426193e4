import { eq } from 'drizzle-orm'
import { TributaryError, type Digest, type Sample } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { samples } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import { sampleFromRow } from './sampleFromRow.ts'

/** Throws store/not-found, store/erased. */
export const getSample = defineQuery('getSample', async ({ db }, { id }: { id: Digest }): Promise<Sample> => {
  const sample = sampleFromRow(oneRow(await db.select().from(samples).where(eq(samples.id, id)), 'sample', { id }))
  if (sample === undefined) {
    throw new TributaryError('The bytes of this sample were erased; its digest is kept.', {
      code: 'store/erased',
      facts: { id },
      tryThis: 'use a Datanet version without it',
    })
  }
  return sample
})
