import type { Graph, Val } from '../Graph.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { projectionSize, type Target } from './target.ts'

/** The two factors of an adapted projection for each row of the batch: A [b, in, r], B [b, r, out]. */
export type LoraPair = { readonly A: Val; readonly B: Val }
export type LoraPairs = { of(layer: number, target: Target): LoraPair | undefined }
/** One projection of a model. */
export type Projection = { readonly layer: number; readonly target: Target }
export type LoraLeaf = LoraPair & { readonly name: string }

/**
 * Factors as inputs of their own for each adapted projection and each row of the batch: `lora_A.<layer>.<target>`
 * [b, in, r] and `lora_B.<layer>.<target>` [b, r, out]. Each rank is free, so one graph serves all ranks and scales; the
 * scale is folded into B by the caller. As inputs they are leaves: gradients are per row, hence per sample.
 */
export function loraLeaves(
  graph: Graph,
  config: LlamaConfig,
  projections: readonly Projection[],
): LoraPairs & { readonly leaves: readonly LoraLeaf[] } {
  const pairs = new Map<string, LoraLeaf>()
  for (const { layer, target } of projections) {
    const name = `${layer}.${target}`
    const size = projectionSize(config, target)
    const A = graph.input(`lora_A.${name}`, 'f32', ['b', size.in, `r.${name}`])
    const B = graph.input(`lora_B.${name}`, 'f32', ['b', `r.${name}`, size.out])
    pairs.set(name, { name, A, B })
  }
  return { of: (layer, target) => pairs.get(`${layer}.${target}`), leaves: [...pairs.values()] }
}
