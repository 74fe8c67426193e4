import { TributaryError } from '../../kernel/index.ts'
import type { ShareRule } from './ShareRule.ts'

/**
 * A payee's weight is the sum of the positive parts of its samples' scores.
 *
 *   weight[p] = sum over its samples of max(0, score[i])     when that is over the noise floor, else 0
 *   pool      = unassigned score + the weights at or below the floor
 *
 * Kept to be compared with: relabelling changes nothing under it, since it pays every sample by itself. Known weakness:
 * copies. Of {+10, -9} it pays 10, so noise is paid, and every copy draws its luck again. A sample that harms less can cost its
 * payee one wei of rounding, for only the pool's weight changes.
 * Units: micro-nats. Throws attribution/no-samples when the scores of the samples are not there.
 */
export const positivePerSample: ShareRule = {
  id: 'positive-per-sample/1',
  weigh({ payees, noiseFloorMicroNats, unassignedMicroNats }) {
    const positive = payees.map(({ payee, sampleScoresMicroNats }) => {
      if (!sampleScoresMicroNats) {
        throw new TributaryError('This share rule needs the scores of samples.', {
          code: 'attribution/no-samples',
          facts: { payee, rule: 'positive-per-sample/1' },
          tryThis: 'use a rule that pays by payee, or a method that scores samples',
        })
      }
      return sampleScoresMicroNats.reduce((sum, score) => sum + BigInt(Math.max(0, score)), 0n)
    })
    const floor = BigInt(noiseFloorMicroNats)
    const weights = positive.map((score) => (score > floor ? score : 0n))
    const belowFloor = positive.reduce((sum, score) => (score > floor ? sum : sum + score), 0n)
    return { payees: weights, pool: unassignedMicroNats + belowFloor }
  },
}
