import type { Queryable } from '../../store.ts'
import { appendTrace, type SignLine, type TraceLine } from '../traces/appendTrace.ts'
import type { Spending } from './spendingBuckets.ts'

export const budgetLineKinds = ['limit', 'allow', 'deny', 'settle', 'release'] as const

/** What a line says of its spending. Amounts are wei. */
export type LineFacts = Pick<Spending, 'key' | 'wallet' | 'asset'> & {
  name: string
  kind: (typeof budgetLineKinds)[number]
  body: Record<string, unknown>
}

/**
 * Appends a signed line to the wallet's budget trace, in the transaction of what it tells, so that there is none
 * without the other. The text of a prompt or an answer is never part of it.
 */
export function budgetLine(store: Queryable, facts: LineFacts, sign: SignLine): Promise<TraceLine> {
  const { key, wallet, asset, name, kind, body } = facts
  return appendTrace(store, {
    subject: budgetSubject(wallet),
    key: `${key}/${name}`,
    kind: `budget/${kind}`,
    body: { v: 1, key, wallet, asset, ...body },
    sign,
  })
}

export function budgetSubject(wallet: string): string {
  return `budget/${wallet.toLowerCase()}`
}
