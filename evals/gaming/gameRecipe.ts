import { allTargets, recipeOf } from '../../models/index.ts'

/** Smooth, so that removal effects are of the payees and not of chance: 6 epochs in batches of 16, 54 steps for 144 samples. */
export const gameRecipe = recipeOf({
  name: 'gaming',
  rank: 4,
  alpha: 8,
  targets: [...allTargets],
  lastBlocks: 'all',
  epochs: 6,
  batch: 16,
  maxLength: 64,
  maxLabels: 48,
  learningRatePpb: 10_000_000,
  warmupPpm: 150_000,
  beta2Ppm: 999_000,
})
