import type { ShareRule } from './ShareRule.ts'

/**
 * A payee's weight is the positive part of the sum of its scores.
 *
 *   weight[p] = score[p] when score[p] > noise floor, else 0
 *   pool      = unassigned score + the positive scores at or below the floor
 *
 * The sum per payee comes before the positive part, so copies of one's own samples do not add up. What falls under the floor
 * goes to the pool and not to the others: whether one payee passes the floor changes no one else's share.
 * Known weakness: relabelling. One contributor under several names gains where losses no longer cancel gains.
 * Units: micro-nats.
 */
export const positivePerPayee: ShareRule = {
  id: 'positive-per-payee/1',
  weigh({ payees, noiseFloorMicroNats, unassignedMicroNats }) {
    const positive = payees.map(({ scoreMicroNats }) => BigInt(Math.max(0, scoreMicroNats)))
    const floor = BigInt(noiseFloorMicroNats)
    const weights = positive.map((score) => (score > floor ? score : 0n))
    const belowFloor = positive.reduce((sum, score) => (score > floor ? sum : sum + score), 0n)
    return { payees: weights, pool: unassignedMicroNats + belowFloor }
  },
}
