import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { epochs, payments } from '../../schema/index.ts'
import { transaction } from '../../transaction.ts'
import type { Epoch } from './currentEpoch.ts'
import { getEpoch } from './getEpoch.ts'

/**
 * Freeze an open epoch: it takes exactly the payments that are settled with a receipt and belong to no epoch yet,
 * from now on unchangeable, and the next epoch opens, all in one transaction. What settles later belongs to the
 * next one. With `confirmedOnly` it takes none whose settlement was not seen again deep in the chain. Freezing a frozen epoch returns it as it is. `receivedWei` is the exact sum of the fees.
 * Throws store/not-found.
 */
export const freezeEpoch = defineQuery(
  'freezeEpoch',
  async (
    store,
    { epoch, atMs = Date.now(), confirmedOnly = false }: { epoch: number; atMs?: number; confirmedOnly?: boolean },
  ): Promise<Epoch> =>
    transaction(store, async (tx) => {
      // The row lock of this update lets one freezer through at a time.
      const [frozen] = await tx.db
        .update(epochs)
        .set({ state: 'frozen', frozenAtMs: atMs })
        .where(and(eq(epochs.number, epoch), eq(epochs.state, 'open')))
        .returning()
      if (!frozen) return getEpoch(tx, { epoch })
      const taken = await tx.db
        .update(payments)
        .set({ epoch })
        .where(
          and(
            eq(payments.state, 'settled'),
            isNotNull(payments.receipt),
            isNull(payments.epoch),
            confirmedOnly ? isNotNull(payments.confirmedAtMs) : undefined,
          ),
        )
        .returning({ feeWei: payments.feeWei })
      const receivedWei = taken.reduce((sum, { feeWei }) => sum + feeWei, 0n)
      const totals = { receivedWei, receiptCount: taken.length }
      await tx.db.update(epochs).set(totals).where(eq(epochs.number, epoch))
      await tx.db.insert(epochs).values({ number: epoch + 1, state: 'open', openedAtMs: atMs })
      return { ...frozen, ...totals }
    }),
)
