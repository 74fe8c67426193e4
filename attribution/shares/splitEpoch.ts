import type { PayeeId } from '../../kernel/index.ts'
import { epochBooks, type EpochSplit, type FeeOfReceipt, type OwedWei } from './epochBooks.ts'

/**
 * Sums the fees of an epoch that are all at hand: epochBooks, which says how, over receipts in any order.
 * Throws as it does.
 */
export function splitEpoch({
  receipts,
  ...books
}: {
  receipts: readonly FeeOfReceipt[]
  accounts: { server: PayeeId; modelOwner: PayeeId }
  before?: ReadonlyMap<PayeeId, bigint>
  owed?: readonly OwedWei[]
}): EpochSplit {
  const { add, close } = epochBooks(books)
  for (const fee of receipts.toSorted((a, b) => (a.receipt < b.receipt ? -1 : a.receipt > b.receipt ? 1 : 0))) add(fee)
  return close()
}
