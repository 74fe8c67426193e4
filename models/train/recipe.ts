import { z } from 'zod'
import { digestOf, type Digest } from '../../kernel/index.ts'
import { adapterLayout, type AdapterLayout } from '../adapters/AdapterLayout.ts'
import { allTargets, type LlamaConfig } from '../graph/index.ts'

const perBillion = 1_000_000_000

/**
 * Everything that decides the bytes of a training run, besides base, samples and groups. Integers only, so that it has
 * one canonical form: `…Ppb` are parts per billion, `…Ppm` parts per million.
 *
 * The defaults are smooth on purpose (warm-up, decay to zero, a large epsilon): removal effects of a smooth run can be
 * computed, those of a rough one can't.
 */
export const recipeSchema = z.object({
  v: z.literal(1).default(1),
  rank: z.int().min(1).max(64).default(8),
  alpha: z.int().min(1).max(128).default(8),
  targets: z.array(z.enum(allTargets)).min(1).default(['q_proj', 'v_proj']),
  lastBlocks: z.int().min(1).max(256).default(4),
  epochs: z.int().min(1).max(100).default(2),
  batch: z.int().min(1).max(256).default(16),
  seed: z.int().min(0).default(1),
  maxLength: z.int().min(16).max(2_048).default(128),
  maxLabels: z.int().min(1).max(512).default(24),
  learningRatePpb: z.int().min(1).default(60_000_000),
  warmupPpm: z.int().min(0).max(1_000_000).default(100_000),
  beta1Ppm: z.int().min(0).max(999_999).default(900_000),
  beta2Ppm: z.int().min(0).max(999_999).default(990_000),
  epsilonPpb: z.int().min(1).default(1_000_000),
})
export type Recipe = z.output<typeof recipeSchema>

/** The recipe that the tour uses, with changes. */
export function recipeOf(changes: z.input<typeof recipeSchema> = {}): Recipe {
  return recipeSchema.parse(changes)
}

export function recipeDigest(recipe: Recipe): Digest {
  return digestOf(recipe)
}

/** Where the recipe puts its adapters in a model. */
export function recipeLayout(recipe: Recipe, config: LlamaConfig): AdapterLayout {
  const { rank, alpha, targets, lastBlocks } = recipe
  return adapterLayout(config, { rank, alpha, targets, fromLayer: Math.max(0, config.num_hidden_layers - lastBlocks) })
}

export type AdamSettings = { beta1: number; beta2: number; epsilon: number; weightDecay: number }

export function adamSettings({ beta1Ppm, beta2Ppm, epsilonPpb }: Recipe): AdamSettings {
  return { beta1: beta1Ppm / 1e6, beta2: beta2Ppm / 1e6, epsilon: epsilonPpb / perBillion, weightDecay: 0 }
}

/** Linear warm-up over the first part of the steps, then linear decay that would reach zero after the last. */
export function learningRate({ learningRatePpb, warmupPpm }: Recipe, step: number, steps: number): number {
  const warmup = Math.max(1, Math.round((steps * warmupPpm) / 1e6))
  return (learningRatePpb / perBillion) * Math.min(1, (step + 1) / warmup) * (1 - step / steps)
}
