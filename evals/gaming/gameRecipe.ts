import { allTargets, recipeOf } from '../../models/index.ts'
import { windowRow } from '../attribution/windowSample.ts'

/**
 * Smooth, so that removal effects are of the payees and not of chance: 6 epochs in batches of 16, 54 steps for 144 samples.
 * The last block is adapted, as the product's recipes adapt the last blocks: a third of the cost of all three.
 */
export const gameRecipe = recipeOf({
  name: 'gaming',
  rank: 4,
  alpha: 8,
  targets: [...allTargets],
  lastBlocks: 1,
  epochs: 6,
  batch: 16,
  ...windowRow,
  learningRatePpb: 10_000_000,
  warmupPpm: 150_000,
  beta2Ppm: 999_000,
})
