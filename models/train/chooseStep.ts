import type { Recipe } from './recipe.ts'

export type ValidationLoss = { step: number; lossMicroNats: number }

/**
 * Which step of a run is published, and whether it may stop, from the validation losses so far.
 *
 * `best`: the step with the lowest loss, the earlier of equals; never step 0, which is the base. `stop`: `patience` looks in a
 * row did not fall `minGainMicroNats` below the lowest before them. Where nothing was looked at, the last step is taken.
 */
export function chooseStep(
  losses: readonly ValidationLoss[],
  { patience, minGainMicroNats, keep }: Pick<Recipe['validation'], 'patience' | 'minGainMicroNats' | 'keep'>,
  lastStep: number,
): { best: number; stop: boolean } {
  const looks = losses.filter(({ step }) => step > 0)
  let lowest = Infinity
  let stale = 0
  for (const { lossMicroNats } of looks) {
    stale = lossMicroNats < lowest - minGainMicroNats ? 0 : stale + 1
    lowest = Math.min(lowest, lossMicroNats)
  }
  const best = looks.find(({ lossMicroNats }) => lossMicroNats === lowest)
  return {
    best: keep === 'best' && best !== undefined ? best.step : lastStep,
    stop: patience > 0 && stale >= patience,
  }
}
