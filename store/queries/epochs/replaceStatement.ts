import { eq } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs, leaves } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { oneRow } from '../oneRow.ts'
import type { Epoch } from './currentEpoch.ts'
import { recordStatement, type StatementRecord } from './recordStatement.ts'

/**
 * Put another statement in place of one whose root was rejected, in one transaction: the epoch is frozen again, with what it was
 * closed by on chain. The sums must stay, for they have moved. Throws store/illegal-move unless it is proposed, store/closed-sums,
 * and what recordStatement throws.
 */
export const replaceStatement = defineQuery(
  'replaceStatement',
  async (store, statement: StatementRecord): Promise<Epoch> =>
    transaction(store, async (tx) => {
      const { epoch, paidWei, operatorsWei, treasuryWei, poolWei } = statement
      const own = eq(epochs.number, epoch)
      const found = oneRow(await tx.db.select().from(epochs).where(own).for('update'), 'epoch', { epoch })
      if (found.state !== 'proposed') {
        throw new TributaryError(`Epoch ${epoch} is ${found.state}; only a proposed one gets another statement.`, {
          code: 'store/illegal-move',
          facts: { epoch, from: found.state, to: 'frozen' },
          tryThis: 'a final root is never rewritten',
        })
      }
      const sums = { paidWei, operatorsWei, treasuryWei, poolWei }
      const moved = Object.entries(sums).filter(([name, wei]) => found[name as keyof typeof sums] !== wei)
      if (moved.length > 0) {
        throw new TributaryError(
          'The corrected statement has other sums than those that moved when the epoch closed.',
          {
            code: 'store/closed-sums',
            facts: { epoch, differ: moved.map(([name, wei]) => `${name} ${wei}`) },
            tryThis: 'mend what it is computed from, or let governance move the difference from the pools',
          },
        )
      }
      await tx.db.delete(leaves).where(eq(leaves.epoch, epoch))
      await tx.db.update(epochs).set({ state: 'frozen', root: null, evidenceRoot: null, proposeTx: null }).where(own)
      return recordStatement(tx, statement)
    }),
)
