import { recipeOf, type Recipe } from '../../models/index.ts'
import { windowRow } from './windowSample.ts'

/**
 * The recipe that is judged: LoRA of rank 4 on every projection of the last two of three blocks, 54 steps of 16 samples, made for exactness by warm-up,
 * linear decay to zero and an Adam epsilon of 1e-3.
 */
export function protocolRecipe(changes: Partial<Recipe> = {}): Recipe {
  return recipeOf({
    name: 'protocol',
    rank: 4,
    alpha: 8,
    targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    lastBlocks: 2,
    epochs: 6,
    batch: 16,
    ...windowRow,
    learningRatePpb: 5_000_000,
    warmupPpm: 100_000,
    decay: 'linear',
    beta1Ppm: 900_000,
    beta2Ppm: 999_000,
    epsilonPpb: 1_000_000,
    samples: 144,
    groups: 12,
    ...changes,
  })
}
