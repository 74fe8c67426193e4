import { digestText, TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { checkGroupBudget } from './counterfactual/groupBudget.ts'

/**
 * Deals payees into at most `k` groups, by a seed that nobody could know when the Datanet version was frozen.
 *
 *   order by sha256(seed | "|" | payee), then by payee; the payee at place i goes to group i mod k
 *
 * A payee is one entry however often it is given; the order of the input does not matter. Groups differ by at most one
 * payee, none is empty: with fewer payees than `k` there are as many groups as payees. Within a group payees keep
 * the dealt order. `seed` is the hash of a block after the freeze, so similarity, names and order of arrival buy nothing.
 * Cost: one hash a payee and a sort. Throws attribution/group-count, attribution/group-budget for
 * more than 64 groups.
 */
export function groupPayees({ seed, payees, k }: { seed: Digest; payees: Iterable<PayeeId>; k: number }): PayeeId[][] {
  if (!Number.isSafeInteger(k) || k < 1) {
    throw new TributaryError('Payees can only be dealt into a whole number of groups.', {
      code: 'attribution/group-count',
      facts: { k },
      tryThis: 'ask for 1 group or more',
    })
  }
  const drawn = [...new Set(payees)].map((payee) => ({ payee, key: digestText(`${seed}|${payee}`) }))
  drawn.sort((a, b) => compare(a.key, b.key) || compare(a.payee, b.payee))
  const groups: PayeeId[][] = Array.from({ length: Math.min(k, drawn.length) }, () => [])
  checkGroupBudget(groups.length)
  for (const [i, { payee }] of drawn.entries()) groups[i % groups.length]!.push(payee)
  return groups
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
