import type { BacktestReport } from './backtestReport.ts'

type Row = BacktestReport['payees'][number]

/** Those who would gain and those who would lose, most first; ties by id. Who gets the same is in neither. */
export function byChange(payees: readonly Row[]): { gaining: Row[]; losing: Row[] } {
  const sorted = payees.toSorted((a, b) => {
    const [left, right] = [BigInt(a.changeWei), BigInt(b.changeWei)]
    return left > right ? -1 : left < right ? 1 : a.payee < b.payee ? -1 : 1
  })
  return {
    gaining: sorted.filter(({ changeWei }) => BigInt(changeWei) > 0n),
    losing: sorted.filter(({ changeWei }) => changeWei.startsWith('-')).toReversed(),
  }
}
