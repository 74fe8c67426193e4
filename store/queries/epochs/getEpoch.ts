import { eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { epochs } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { Epoch } from './currentEpoch.ts'

/** Throws store/not-found. */
export const getEpoch = defineQuery('getEpoch', async ({ db }, { epoch }: { epoch: number }): Promise<Epoch> => {
  return oneRow(await db.select().from(epochs).where(eq(epochs.number, epoch)), 'epoch', { epoch })
})
