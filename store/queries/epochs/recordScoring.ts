import { eq } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { oneRow } from '../oneRow.ts'
import type { Epoch } from './currentEpoch.ts'

/**
 * Keep what the answers of a frozen epoch are scored by: first the block that draws (`drawBlock`), then the report
 * (`scoring`). Each is kept once; the same again changes nothing. Throws store/scoring-conflict, store/not-found.
 */
export const recordScoring = defineQuery(
  'recordScoring',
  async (store, { epoch, ...set }: { epoch: number } & ({ drawBlock: number } | { scoring: Digest })): Promise<Epoch> =>
    transaction(store, async (tx) => {
      const rows = await tx.db.select().from(epochs).where(eq(epochs.number, epoch)).for('update')
      const found = oneRow(rows, 'epoch', { epoch })
      // The first block stays: another would be another draw.
      if ('drawBlock' in set && found.drawBlock !== null) return found
      if ('scoring' in set && found.scoring === set.scoring) return found
      if ('scoring' in set && found.scoring !== null) throw conflict(epoch, found.scoring, set.scoring)
      await tx.db.update(epochs).set(set).where(eq(epochs.number, epoch))
      return { ...found, ...set }
    }),
)

function conflict(epoch: number, first: Digest, scoring: Digest): TributaryError {
  return new TributaryError(`The answers of epoch ${epoch} were scored by another report already.`, {
    code: 'store/scoring-conflict',
    facts: { epoch, first, scoring },
    tryThis: 'use the stored one; tributary audit tells which can be recomputed',
  })
}
