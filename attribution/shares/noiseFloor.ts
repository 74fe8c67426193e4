import { TributaryError } from '../../kernel/index.ts'

/**
 * The noise floor from the same answers scored under several training seeds: two standard deviations, pooled.
 *
 *   floor = ceil(2 · sqrt(mean over answers and payees of the variance over seeds)),     variance with S - 1
 *
 * A score that another seed would as well have given by chance is not paid. One floor for all, so that nobody can be worth
 * less by being more reliable than others.
 * Shapes: `scoresOfSeeds` [S seeds][A answers x payees], micro-nats, the same answers and payees in each. Cost: S·A.
 * Throws attribution/seeds for fewer than two seeds, or scores that do not stand beside each other.
 */
export function noiseFloor(scoresOfSeeds: readonly (readonly number[])[]): number {
  const seeds = scoresOfSeeds.length
  const count = scoresOfSeeds[0]?.length ?? 0
  if (seeds < 2 || count === 0 || scoresOfSeeds.some((scores) => scores.length !== count)) {
    throw new TributaryError('These scores do not show how much chance decides.', {
      code: 'attribution/seeds',
      facts: { seeds, scores: count },
      tryThis: 'score the same answers and payees under two training seeds or more',
    })
  }
  let variances = 0
  for (let i = 0; i < count; i++) {
    const mean = scoresOfSeeds.reduce((sum, scores) => sum + scores[i]!, 0) / seeds
    variances += scoresOfSeeds.reduce((sum, scores) => sum + (scores[i]! - mean) ** 2, 0) / (seeds - 1)
  }
  return Math.ceil(2 * Math.sqrt(variances / count))
}
