import { eq } from 'drizzle-orm'
import { TributaryError, type Digest, type PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs, leaves, type Owed, type PoolParts } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'
import { oneRow } from '../oneRow.ts'
import type { Epoch } from './currentEpoch.ts'

export type LeafRecord = { payee: PayeeId; payeeKey: Digest; epochWei: bigint; cumulativeWei: bigint }
export type StatementRecord = {
  epoch: number
  root: Digest
  evidenceRoot: Digest
  /** Which form of tree that is the root of; absent: the first. */
  evidenceVersion?: number
  paidWei: bigint
  /** The part of `paidWei` that is server's and model owner's; the rest is the contributors'. */
  operatorsWei: bigint
  treasuryWei: bigint
  poolWei: bigint
  /** The same, Datanet by Datanet, by their ids on chain; each once. */
  pools: PoolParts
  leaves: readonly LeafRecord[]
  /** Part of the evidence root; nobody owes anything unless given. */
  owed?: Owed
}

/**
 * Store what a frozen epoch pays and to whom, once: leaves, totals and roots in one transaction.
 *
 *   receivedWei (of the freeze) = paidWei + treasuryWei + poolWei        paidWei = sum of epochWei >= operatorsWei
 *   poolWei = sum of pools
 *
 * The same root again changes nothing. Throws store/statement-sum when the money does not add up,
 * store/statement-conflict when another statement is stored, store/illegal-move when the epoch is not frozen.
 */
export const recordStatement = defineQuery(
  'recordStatement',
  async (store, statement: StatementRecord): Promise<Epoch> =>
    transaction(store, async (tx) => {
      const { epoch, root, evidenceRoot, evidenceVersion = null, owed = [] } = statement
      const { paidWei, operatorsWei, treasuryWei, poolWei, pools } = statement
      // Locked, so that a second writer waits for the first.
      const rows = await tx.db.select().from(epochs).where(eq(epochs.number, epoch)).for('update')
      const found = oneRow(rows, 'epoch', { epoch })
      if (found.root === root && found.evidenceRoot === evidenceRoot) return found
      if (found.root !== null) throw conflict(epoch, found.root, root)
      if (found.state !== 'frozen') throw notFrozen(epoch, found.state)
      check(statement, found.receivedWei ?? 0n)
      for (const chunk of inChunks(statement.leaves)) {
        await tx.db.insert(leaves).values(chunk.map((leaf) => ({ ...leaf, epoch })))
      }
      const sums = { paidWei, operatorsWei, treasuryWei, poolWei, pools }
      const totals = { root, evidenceRoot, evidenceVersion, ...sums, owed: owed.length > 0 ? owed : null }
      await tx.db.update(epochs).set(totals).where(eq(epochs.number, epoch))
      return { ...found, ...totals }
    }),
)

function check(statement: StatementRecord, receivedWei: bigint): void {
  const { epoch, paidWei, operatorsWei, treasuryWei, poolWei, pools, leaves: all } = statement
  const leafSum = all.reduce((sum, leaf) => sum + leaf.epochWei, 0n)
  const poolSum = pools.reduce((sum, { wei }) => sum + BigInt(wei), 0n)
  const inAll = receivedWei === paidWei + treasuryWei + poolWei
  if (inAll && leafSum === paidWei && poolSum === poolWei && operatorsWei <= paidWei) return
  throw new TributaryError(`The statement of epoch ${epoch} does not add up.`, {
    code: 'store/statement-sum',
    facts: {
      epoch,
      receivedWei: receivedWei.toString(),
      paidWei: paidWei.toString(),
      treasuryWei: treasuryWei.toString(),
      poolWei: poolWei.toString(),
      leafSumWei: leafSum.toString(),
      operatorsWei: operatorsWei.toString(),
      poolSumWei: poolSum.toString(),
    },
    tryThis: 'split the frozen receipts again from their stored scores and rules',
  })
}

function conflict(epoch: number, first: Digest, root: Digest): TributaryError {
  return new TributaryError(`Epoch ${epoch} has another statement already.`, {
    code: 'store/statement-conflict',
    facts: { epoch, firstRoot: first, root },
    tryThis: 'use the stored one; tributary audit tells which can be recomputed',
  })
}

function notFrozen(epoch: number, state: string): TributaryError {
  return new TributaryError(`Epoch ${epoch} is ${state}; only a frozen one takes a statement.`, {
    code: 'store/illegal-move',
    facts: { epoch, from: state, to: 'frozen' },
    tryThis: 'freeze the epoch first',
  })
}
