import { TributaryError } from '../../kernel/index.ts'
import { projectionName, projectionSize, type LlamaConfig, type Projection, type Target } from '../graph/index.ts'
import { patternMatcher } from './patternMatcher.ts'

/** One adapted projection: A [in, rank] and B [rank, out], row-major, at their offsets in theta. */
export type AdapterModule = {
  readonly layer: number
  readonly target: Target
  readonly rank: number
  readonly alpha: number
  /** alpha / rank, or alpha / sqrt(rank) with rsLoRA. */
  readonly scale: number
  readonly in: number
  readonly out: number
  readonly A: number
  readonly B: number
}

/**
 * Where LoRA sits in a model, how strongly each part of it counts, and how its numbers lie in one flat vector [P].
 *
 *   y = x Wᵀ + scale · (x A) B      scale = alpha / rank, or alpha / sqrt(rank) with rsLoRA (arXiv 2312.03732)
 *
 * Rank and alpha of a projection are its own where a pattern names it. The order of theta: for each target in turn, A of
 * its layers ascending, then B of its layers ascending.
 */
export type AdapterLayout = {
  /** Rank and alpha of the projections that no pattern names. */
  readonly rank: number
  readonly alpha: number
  readonly rsLora: boolean
  /** Target by target, layers ascending; each projection once. */
  readonly modules: readonly AdapterModule[]
  /** Distinct, in the order of theta. */
  readonly targets: readonly Target[]
  /** First adapted block. */
  readonly fromLayer: number
  /** P: the numbers of one adapter. */
  readonly length: number
}

export type LoraStrength = {
  rank: number
  alpha?: number
  rsLora?: boolean
  /**
   * Ranks and alphas of some projections, by PEFT's rule: a pattern is a regular expression that matches a module's whole
   * name or its end after a dot, and the first that matches counts: `down_proj`, `layers.29.self_attn.q_proj`.
   */
  rankPattern?: Readonly<Record<string, number>>
  alphaPattern?: Readonly<Record<string, number>>
}

/**
 * LoRA on some targets of the blocks from `fromLayer` to the last, or of the blocks that `layers` lists.
 * Throws models/adapter-layout, models/adapter-pattern.
 */
export function adapterLayout(
  config: LlamaConfig,
  {
    targets,
    fromLayer = 0,
    layers = range(fromLayer, config.num_hidden_layers),
    ...strength
  }: LoraStrength & { targets: readonly Target[]; fromLayer?: number; layers?: readonly number[] },
): AdapterLayout {
  return layoutOf(
    config,
    targets.flatMap((target) => layers.map((layer) => ({ layer, target }))),
    strength,
  )
}

/** LoRA on any projections; targets keep the order in which they first appear. Throws as adapterLayout. */
export function layoutOf(
  config: LlamaConfig,
  projections: readonly Projection[],
  { rank, alpha = rank, rsLora = false, rankPattern = {}, alphaPattern = {} }: LoraStrength,
): AdapterLayout {
  const depth = config.num_hidden_layers
  const names = new Set(projections.map(({ layer, target }) => projectionName(layer, target)))
  const placed = projections.every(({ layer }) => Number.isInteger(layer) && layer >= 0 && layer < depth)
  const ranks = [rank, ...Object.values(rankPattern)].every((value) => Number.isInteger(value) && value >= 1)
  const alphas = [alpha, ...Object.values(alphaPattern)].every((value) => value > 0 && Number.isFinite(value))
  if (!(ranks && alphas && placed && names.size > 0 && names.size === projections.length)) {
    throw new TributaryError('An adapter needs a rank, at least one target and at least one block of the model.', {
      code: 'models/adapter-layout',
      facts: {
        rank,
        alpha,
        patterns: JSON.stringify({ rankPattern, alphaPattern }).slice(0, 200),
        projections: [...names].slice(0, 8),
        layersOfModel: depth,
      },
      tryThis: 'choose blocks that the model has, name each projection once, and give ranks of 1 or more',
    })
  }
  const rankOf = patternMatcher(rankPattern, names)
  const alphaOf = patternMatcher(alphaPattern, names)
  const targets = [...new Set(projections.map(({ target }) => target))]
  const modules: AdapterModule[] = []
  let length = 0
  for (const target of targets) {
    const size = projectionSize(config, target)
    const layers = projections.flatMap((one) => (one.target === target ? [one.layer] : [])).toSorted((a, b) => a - b)
    const own = layers.map((layer) => {
      const name = projectionName(layer, target)
      const [moduleRank, moduleAlpha] = [rankOf(name) ?? rank, alphaOf(name) ?? alpha]
      const scale = moduleAlpha / (rsLora ? Math.sqrt(moduleRank) : moduleRank)
      return { layer, target, rank: moduleRank, alpha: moduleAlpha, scale, ...size, A: 0, B: 0 }
    })
    for (const factor of ['A', 'B'] as const) {
      for (const module of own) {
        module[factor] = length
        length += module.rank * (factor === 'A' ? size.in : size.out)
      }
    }
    modules.push(...own)
  }
  const fromLayer = Math.min(...modules.map(({ layer }) => layer))
  return { rank, alpha, rsLora, modules, targets, fromLayer, length }
}

/** Whether numbers of the one mean the same as numbers of the other: same projections, order, ranks and scales. */
export function sameLayout(a: AdapterLayout, b: AdapterLayout): boolean {
  return (
    a.length === b.length &&
    a.modules.length === b.modules.length &&
    a.modules.every((module, i) => {
      const other = b.modules[i] as AdapterModule
      return (
        module.layer === other.layer &&
        module.target === other.target &&
        module.rank === other.rank &&
        module.scale === other.scale
      )
    })
  )
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
