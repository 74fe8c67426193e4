import { samplesOf } from './samplesOf.ts'
import type { ShareRule } from './ShareRule.ts'

const id = 'affine-per-sample/1'

/**
 * A payee's weight is its score and an allowance for each of its samples, which is the mean size of a score by sample.
 *
 *   weight[p] = max(0, N · score[p] + samples[p] · sum of |score|),     N = all samples
 *   pool      = N · unassigned score
 *
 * Losses count as far as the allowance reaches, so relabelling gains little. Known weakness: it pays for bulk, whatever the
 * samples say, shares come close to equal, and a better score raises everybody's allowance, so it can lower its own share (the
 * one rule here that is not monotone). The noise floor does not apply: the allowance would carry noise over it.
 * Units: micro-nats times samples. Throws attribution/no-samples.
 */
export const affinePerSample: ShareRule = {
  id,
  weigh({ payees, unassignedMicroNats }) {
    const counts = payees.map((score) => BigInt(samplesOf(score, id)))
    const all = counts.reduce((sum, count) => sum + count, 0n)
    const size = payees.reduce((sum, { scoreMicroNats }) => sum + BigInt(Math.abs(scoreMicroNats)), 0n)
    const weights = payees.map(({ scoreMicroNats }, i) => {
      const weight = all * BigInt(scoreMicroNats) + counts[i]! * size
      return weight > 0n ? weight : 0n
    })
    return { payees: weights, pool: all * unassignedMicroNats }
  },
}
