import type { EpochSplit } from '../../attribution/index.ts'
import { TributaryError } from '../../kernel/index.ts'
import type { Leaf } from '../../store/index.ts'

/**
 * The stored leaves of an epoch must be what its receipts give by their own rules: a back-test compares with what was paid.
 * Throws tools/backtest-basis, which names the payee.
 */
export function checkBasis(
  epoch: number,
  { payees }: Pick<EpochSplit, 'payees'>,
  leaves: readonly Pick<Leaf, 'payee' | 'epochWei' | 'cumulativeWei'>[],
): void {
  const due = new Map(payees.flatMap((leaf) => (leaf.cumulativeWei > 0n ? [[leaf.payee, leaf]] : [])))
  for (const { payee, epochWei, cumulativeWei } of leaves) {
    const leaf = due.get(payee)
    due.delete(payee)
    if (leaf?.earnedWei === epochWei && leaf.cumulativeWei === cumulativeWei) continue
    refuse(
      epoch,
      payee,
      `${epochWei} of ${cumulativeWei}`,
      leaf ? `${leaf.earnedWei} of ${leaf.cumulativeWei}` : 'nothing',
    )
  }
  const [missing] = due.values()
  if (missing) refuse(epoch, missing.payee, 'nothing', `${missing.earnedWei} of ${missing.cumulativeWei}`)
}

function refuse(epoch: number, payee: string, storedWei: string, dueWei: string): never {
  throw new TributaryError(`The stored statement of epoch ${epoch} is not what its receipts give.`, {
    code: 'tools/backtest-basis',
    facts: { epoch, payee, storedWei, dueWei },
    tryThis: 'audit a receipt of the epoch: tributary audit names what was changed',
  })
}
