import { and, eq, gt, inArray, isNull, lte } from 'drizzle-orm'
import { TributaryError, type Digest, type PayeeId } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { epochs, leaves } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import { inChunks } from '../inChunks.ts'
import { getEpoch } from './getEpoch.ts'

/**
 * Note that these payees claimed against the root of an epoch. A claim is cumulative, so it also covers their
 * unclaimed leaves of earlier epochs. An epoch of which nothing is left to claim becomes `claimed`.
 * A repeat changes nothing; claims of a transaction that a reorganisation took, `instead`, get the one in its place. Throws store/illegal-move when the epoch is not final yet.
 */
export const recordClaim = defineQuery(
  'recordClaim',
  async (
    store,
    {
      epoch,
      payees,
      tx: claimedTx,
      instead,
      atMs = Date.now(),
    }: { epoch: number; payees: readonly PayeeId[]; tx: Digest; instead?: Digest | undefined; atMs?: number },
  ): Promise<void> =>
    transaction(store, async (tx) => {
      const { state } = await getEpoch(tx, { epoch })
      if (state !== 'final' && state !== 'claimed') {
        throw new TributaryError(`Nothing can be claimed yet: epoch ${epoch} is ${state}.`, {
          code: 'store/illegal-move',
          facts: { epoch, from: state, to: 'claimed' },
          tryThis: 'finalise the root first',
        })
      }
      for (const chunk of inChunks(payees)) {
        await tx.db
          .update(leaves)
          .set({ claimedTx, claimedAtMs: atMs })
          .where(
            and(
              lte(leaves.epoch, epoch),
              inArray(leaves.payee, chunk),
              instead === undefined ? isNull(leaves.claimedTx) : eq(leaves.claimedTx, instead),
            ),
          )
      }
      const done = await tx.db
        .select({ number: epochs.number })
        .from(epochs)
        .where(and(lte(epochs.number, epoch), eq(epochs.state, 'final')))
      for (const { number } of done) {
        const left = await tx.db
          .select({ payee: leaves.payee })
          .from(leaves)
          .where(and(eq(leaves.epoch, number), gt(leaves.epochWei, 0n), isNull(leaves.claimedTx)))
          .limit(1)
        if (left.length === 0) {
          await tx.db.update(epochs).set({ state: 'claimed', claimedAtMs: atMs }).where(eq(epochs.number, number))
        }
      }
    }),
)
