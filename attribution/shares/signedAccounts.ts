import type { ShareRule } from './ShareRule.ts'

/**
 * What a payee helped is its credit, what it harmed is its debit, and the epoch pays for the difference.
 *
 *   weight[p] = score[p]  when score[p] >  noise floor, else 0
 *   debit[p]  = -score[p] when score[p] < -noise floor, else 0
 *   pool      = the larger of: unassigned score + positive scores at or below the floor;  sum of debits - sum of weights
 *
 * So all credits and all debits of an answer are each at most the contributors' part of its fee, and an answer that was harmed
 * more than helped leaves the difference to the pool. settleAccounts sets the debits of an epoch against its credits.
 * Why: a positive part per answer pays {+10, -9} in two answers as 10, and more of the luck the more names share it out.
 * Known weaknesses: a name that ends below zero can be left behind; a stake takes that away (see settleAccounts). In an answer more
 * score is never credited with less nor charged with more; over an epoch it can pay less, rarely, for it makes what another harmed
 * there weigh less, and that other then takes more of the rest (8 random epochs in 100,000: npm run evals -- properties).
 * Units: micro-nats.
 */
export const signedAccounts: ShareRule = {
  id: 'signed-accounts/1',
  weigh({ payees, noiseFloorMicroNats, unassignedMicroNats }) {
    const scores = payees.map(({ scoreMicroNats }) => BigInt(scoreMicroNats))
    const floor = BigInt(noiseFloorMicroNats)
    const weights = scores.map((score) => (score > floor ? score : 0n))
    const debits = scores.map((score) => (score < -floor ? -score : 0n))
    const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n)
    const belowFloor = sum(scores.map((score) => (score > 0n && score <= floor ? score : 0n)))
    const unearned = unassignedMicroNats + belowFloor
    const harm = sum(debits) - sum(weights)
    return { payees: weights, pool: harm > unearned ? harm : unearned, debits }
  },
}
