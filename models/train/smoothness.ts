import type { Recipe } from './recipe.ts'

/**
 * Whether the removal effects of a run by this recipe can be computed, or only measured by training again.
 *
 * Measured in a trial with real retraining as the judge (LDS, rank correlation of predicted and actual change): warm-up,
 * decay to zero and an Adam epsilon of 1e-3 gave .95 and more; a constant rate .58; an epsilon of 1e-8 without warm-up
 * got signs wrong. The counterfactual adapters are exact under any recipe; what needs smoothness is the split inside a group.
 */
export function smoothnessOf(recipe: Recipe): { smooth: boolean; why: string[] } {
  const { warmupPpm, decay, epsilonPpb, beta2Ppm, sgdMomentumPpm } = recipe
  const ofAdam = [
    epsilonPpb < 100_000 ? `Adam's epsilon of ${epsilonPpb / 1e9} is below 1e-4: tiny gradients take full steps` : '',
    warmupPpm < 50_000
      ? 'less than 5 % of the steps warm up: the first steps divide by a second moment of few samples'
      : '',
    beta2Ppm < 900_000 ? `beta2 of ${beta2Ppm / 1e6} is below .9: the second moment follows single batches` : '',
  ]
  const why = [
    ...(sgdMomentumPpm === undefined ? ofAdam : []),
    decay === 'none' ? 'the rate does not decay: the last steps weigh as much as all others' : '',
  ].filter((line) => line !== '')
  return { smooth: why.length === 0, why }
}
