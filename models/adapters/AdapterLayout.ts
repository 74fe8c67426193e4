import { TributaryError } from '../../kernel/index.ts'
import { projectionSize, type LlamaConfig, type Target } from '../graph/index.ts'

/** Where LoRA sits in a model, and how its numbers lie in one flat vector. */
export type AdapterLayout = {
  readonly rank: number
  /** A projection gives x Wᵀ + (alpha / rank) (x A) B. */
  readonly alpha: number
  readonly targets: readonly Target[]
  /** First adapted block; all from it to the last are adapted. */
  readonly fromLayer: number
  /** Number of adapted blocks. */
  readonly layers: number
  /** P: the numbers of one adapter. */
  readonly length: number
  /** In the order of theta. */
  readonly parts: readonly AdapterPart[]
}

/** A [layers, in, rank] or B [layers, rank, out] of one target, row-major, at `offset` of theta. */
export type AdapterPart = {
  readonly target: Target
  readonly factor: 'A' | 'B'
  readonly rows: number
  readonly columns: number
  readonly offset: number
  readonly length: number
}

/**
 * The order of theta: for each target in turn, A of all adapted blocks [layers, in, rank], then B [layers, rank, out].
 * It is the order of the gradient graph's outputs, so that a gradient is a plain copy.
 * Throws models/adapter-layout.
 */
export function adapterLayout(
  config: LlamaConfig,
  {
    rank,
    alpha = rank,
    targets,
    fromLayer,
  }: { rank: number; alpha?: number; targets: readonly Target[]; fromLayer: number },
): AdapterLayout {
  const layers = config.num_hidden_layers - fromLayer
  const distinct = new Set(targets).size === targets.length
  if (!(rank >= 1 && alpha > 0 && layers >= 1 && fromLayer >= 0 && targets.length > 0 && distinct)) {
    throw new TributaryError('An adapter needs a rank, at least one target and at least one block of the model.', {
      code: 'models/adapter-layout',
      facts: { rank, alpha, targets, fromLayer, layersOfModel: config.num_hidden_layers },
      tryThis: 'choose a first block below the number of blocks, and name each target once',
    })
  }
  const parts: AdapterPart[] = []
  let offset = 0
  for (const target of targets) {
    const size = projectionSize(config, target)
    for (const factor of ['A', 'B'] as const) {
      const [rows, columns] = factor === 'A' ? [size.in, rank] : [rank, size.out]
      const length = layers * rows * columns
      parts.push({ target, factor, rows, columns, offset, length })
      offset += length
    }
  }
  return { rank, alpha, targets: [...targets], fromLayer, layers, length: offset, parts }
}

/** Whether two adapters can share a batch as they are. */
export function sameLayout(a: AdapterLayout, b: AdapterLayout): boolean {
  return (
    a.rank === b.rank &&
    a.alpha === b.alpha &&
    a.fromLayer === b.fromLayer &&
    a.layers === b.layers &&
    a.length === b.length &&
    a.targets.length === b.targets.length &&
    a.targets.every((target, i) => target === b.targets[i])
  )
}
