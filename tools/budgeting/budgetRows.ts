import { toWeiString } from '../../kernel/index.ts'
import { budgetScopes, type Limit, type Use } from '../../store/index.ts'
import type { BudgetRow } from './budgetRow.ts'

type Shown = { limits: readonly Limit[]; uses: readonly Use[]; asset: string; day: string; all: boolean }

/**
 * Limits beside what counts against each. Of runs and days only those are shown that are under way, that is today and
 * what holds a reservation or a limit of its own, unless all are asked for.
 */
export function budgetRows({ limits, uses, asset, day, all }: Shown): BudgetRow[] {
  const ours = limits.filter((limit) => limit.asset === asset)
  const shown = uses.filter((use) => use.asset === asset && (all || isCurrent(use, ours, day)))
  const rows = shown.flatMap((use) => {
    const own = ours.filter(
      ({ agent, scope, bucket }) => agent === use.agent && scope === use.scope && ['', use.bucket].includes(bucket),
    )
    return own.length === 0 ? [row(use, undefined)] : own.map((limit) => row(use, limit))
  })
  // A limit against which nothing counts yet, or nothing ever does: that of one payment or one approval.
  const idle = ours.filter(
    ({ agent, scope, bucket }) =>
      !shown.some((use) => use.agent === agent && use.scope === scope && ['', use.bucket].includes(bucket)),
  )
  rows.push(...idle.map((limit) => row({ ...limit, reservedWei: 0n, spentWei: 0n }, limit)))
  return rows.toSorted(
    (a, b) =>
      compare(a.agent, b.agent) ||
      budgetScopes.indexOf(a.scope) - budgetScopes.indexOf(b.scope) ||
      compare(a.bucket, b.bucket) ||
      compare(a.setBy ?? '', b.setBy ?? ''),
  )
}

function isCurrent({ agent, scope, bucket, reservedWei }: Use, limits: readonly Limit[], day: string): boolean {
  if (scope === 'total' || scope === 'counterparty' || (scope === 'day' && bucket === day) || reservedWei > 0n) return true
  return scope === 'run' && limits.some((limit) => limit.scope === 'run' && limit.agent === agent && limit.bucket === bucket && limit.setBy === 'operator')
} // prettier-ignore

type Counted = Pick<Use, 'agent' | 'scope' | 'bucket' | 'reservedWei' | 'spentWei'>

function row({ agent, scope, bucket, reservedWei, spentWei }: Counted, limit: Limit | undefined): BudgetRow {
  const usedWei = reservedWei + spentWei
  const leftWei = limit && (limit.limitWei > usedWei ? limit.limitWei - usedWei : 0n)
  return {
    agent,
    scope,
    bucket,
    limitWei: limit ? toWeiString(limit.limitWei) : null,
    setBy: limit?.setBy ?? null,
    reservedWei: toWeiString(reservedWei),
    spentWei: toWeiString(spentWei),
    leftWei: leftWei === undefined ? null : toWeiString(leftWei),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
