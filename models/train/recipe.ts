import { z } from 'zod'
import { digestOf, type Digest, type RecordedOptimiser } from '../../kernel/index.ts'
import { adapterLayout, type AdapterLayout } from '../adapters/AdapterLayout.ts'
import { allTargets, type LlamaConfig } from '../graph/index.ts'

const perBillion = 1_000_000_000

/** Held-out texts that are looked at while training goes on: they say when to stop and which checkpoint to keep. */
const validationSchema = z.strictObject({
  texts: z.int().min(0).max(1_024).default(16),
  everySteps: z.int().min(1).max(1_000).default(4),
  /** Looks without a gain of `minGainMicroNats` after which training stops; 0: it never stops early. */
  patience: z.int().min(0).max(1_000).default(0),
  minGainMicroNats: z.int().min(0).default(0),
  /** The checkpoint that is published: the one with the lowest validation loss, or the last. */
  keep: z.enum(['best', 'last']).default('last'),
})

/** What a sample is whose gradient is out of bounds, and what happens then; see gradientBound. */
const poisonSchema = z.strictObject({
  /** `stop`: the run ends with the sample's id. `skip`: the sample is left out from this step on, and that is recorded. */
  action: z.enum(['stop', 'skip']).default('stop'),
  /** A gradient norm over so many times the running median is out of bounds; healthy ones stay within 2 (READMEs, quick). */
  timesMedian: z.int().min(2).max(1_000_000).default(10),
  /** Norms in the running median. */
  window: z.int().min(16).max(4_096).default(256),
  /** With `skip`: samples that may be skipped, of all, before the run stops all the same; one always may. */
  mostPpm: z.int().min(0).max(1_000_000).default(10_000),
})

/**
 * Everything that decides the bytes of a training run, besides base, samples and groups. Integers only, so that it has
 * one canonical form and one digest: `…Ppb` are parts per billion, `…Ppm` parts per million.
 *
 * The defaults are smooth on purpose (warm-up, decay to zero, a large epsilon): removal effects of a smooth run can be
 * computed, those of a rough one can't. See smoothnessOf.
 */
export const recipeSchema = z.strictObject({
  v: z.literal(2).default(2),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,40}$/)
    .default('own'),
  rank: z.int().min(1).max(64).default(8),
  alpha: z.int().min(1).max(256).default(8),
  targets: z.array(z.enum(allTargets)).min(1).default(['q_proj', 'v_proj']),
  /** How many blocks are adapted, counted from the last one; a model with fewer has all adapted. */
  lastBlocks: z.union([z.literal('all'), z.int().min(1).max(256)]).default(4),
  epochs: z.int().min(1).max(100).default(2),
  batch: z.int().min(1).max(256).default(16),
  seed: z.int().min(0).default(1),
  /** Tokens of prompt and answer together. */
  maxLength: z.int().min(16).max(2_048).default(128),
  /** Label positions: the first so many tokens of an answer are learned. The prompt never is. */
  maxLabels: z.int().min(1).max(512).default(24),
  learningRatePpb: z.int().min(1).default(60_000_000),
  warmupPpm: z.int().min(0).max(1_000_000).default(100_000),
  decay: z.enum(['linear', 'cosine', 'none']).default('linear'),
  /** SGD with this momentum in place of Adam, whose three settings then count for nothing. Absent: Adam. */
  sgdMomentumPpm: z.int().min(0).max(999_999).optional(),
  beta1Ppm: z.int().min(0).max(999_999).default(900_000),
  beta2Ppm: z.int().min(0).max(999_999).default(990_000),
  epsilonPpb: z.int().min(1).default(1_000_000),
  validation: validationSchema.default(validationSchema.parse({})),
  poison: poisonSchema.default(poisonSchema.parse({})),
  /** Samples that are drawn from a Datanet version, at most, where nobody asks for another number. */
  samples: z.int().min(8).max(4_096).default(256),
  /** Payee groups, and so counterfactual adapters, where nobody asks for another number. */
  groups: z.int().min(1).max(64).default(8),
})
export type Recipe = z.output<typeof recipeSchema>

/** The recipe `quick`, with changes; `name` is `own` unless given. */
export function recipeOf(changes: z.input<typeof recipeSchema> = {}): Recipe {
  return recipeSchema.parse(changes)
}

export function recipeDigest(recipe: Recipe): Digest {
  return digestOf(recipe)
}

/** Where the recipe puts its adapters in a model. */
export function recipeLayout(recipe: Recipe, config: LlamaConfig): AdapterLayout {
  const { rank, alpha, targets, lastBlocks } = recipe
  const fromLayer = lastBlocks === 'all' ? 0 : Math.max(0, config.num_hidden_layers - lastBlocks)
  return adapterLayout(config, { rank, alpha, targets, fromLayer })
}

export function optimiserOf({ sgdMomentumPpm, beta1Ppm, beta2Ppm, epsilonPpb }: Recipe): RecordedOptimiser {
  if (sgdMomentumPpm !== undefined) return { kind: 'sgd-momentum', momentum: sgdMomentumPpm / 1e6, weightDecay: 0 }
  return {
    kind: 'adam',
    beta1: beta1Ppm / 1e6,
    beta2: beta2Ppm / 1e6,
    epsilon: epsilonPpb / perBillion,
    weightDecay: 0,
  }
}

/** Linear warm-up over the first part of the steps; then the decay, which would reach zero after the last step. */
export function learningRate({ learningRatePpb, warmupPpm, decay }: Recipe, step: number, steps: number): number {
  const warmup = Math.max(1, Math.round((steps * warmupPpm) / 1e6))
  const left = { linear: 1 - step / steps, cosine: (1 + Math.cos((Math.PI * step) / steps)) / 2, none: 1 }[decay]
  return (learningRatePpb / perBillion) * Math.min(1, (step + 1) / warmup) * left
}
