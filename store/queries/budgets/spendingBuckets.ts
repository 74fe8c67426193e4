import type { BudgetScope, spendings } from '../../schema/index.ts'

export type Spending = typeof spendings.$inferSelect

/** One counter: of all agents of a wallet (`agent` '') or of one. */
export type Bucket = { agent: string; scope: BudgetScope; bucket: string }

/** What decides where a spending counts. */
export type Placed = Pick<Spending, 'agent' | 'run' | 'day' | 'counterparty'>

/** The counters that a payment or an approval counts in, in the order in which their rows are locked. */
export function bucketsOf({ agent, run, day, counterparty }: Placed): Bucket[] {
  const scopes = [
    { scope: 'counterparty', bucket: counterparty },
    { scope: 'day', bucket: day },
    { scope: 'run', bucket: run },
    { scope: 'total', bucket: '' },
  ] as const
  const agents = agent === '' ? [''] : ['', agent]
  return agents.flatMap((of) => scopes.map((at) => ({ agent: of, ...at })))
}

/**
 * The counters that a payment changes. Where the approval that it is paid out of counts already, it does not count
 * again: what an approval allows bounds all that is paid out of it.
 */
export function ownBuckets(spending: Placed, within?: Placed): Bucket[] {
  const covered = new Set(within ? bucketsOf(within).map(nameOf) : [])
  return bucketsOf(spending).filter((bucket) => !covered.has(nameOf(bucket)))
}

function nameOf({ agent, scope, bucket }: Bucket): string {
  return JSON.stringify([agent, scope, bucket])
}
