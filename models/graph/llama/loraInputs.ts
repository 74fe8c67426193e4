import type { Graph, Val } from '../Graph.ts'
import { add } from '../ops/add.ts'
import { gather } from '../ops/gather.ts'
import { multiply } from '../ops/multiply.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { projectionSize, type Target } from './target.ts'

/** The two factors of an adapted projection for each row of the batch: A [b, in, r], B [b, r, out]. */
export type LoraPair = { readonly A: Val; readonly B: Val }
export type LoraPairs = { of(layer: number, target: Target): LoraPair | undefined }

/**
 * Stacked adapters as inputs, chosen per row of the batch.
 *
 * `lora_A.<target>` [adapters · layers, in, r], `lora_B.<target>` [adapters · layers, r, out], with layers counted from
 * `from`; `adapter_idx` [b]. A projection gives x Wᵀ + (x A) B: the scale alpha / r is folded into B by the caller.
 * The gathered factors are leaves: a gradient with respect to them is per row, hence per sample.
 */
export function loraInputs(graph: Graph, config: LlamaConfig, targets: readonly Target[], from: number): LoraPairs {
  const pairs = new Map<string, LoraPair>()
  if (targets.length === 0) return { of: () => undefined }
  const layers = config.num_hidden_layers - from
  const first = multiply(graph, graph.input('adapter_idx', 'i64', ['b']), graph.int(layers))
  for (const target of targets) {
    const size = projectionSize(config, target)
    const A = graph.input(`lora_A.${target}`, 'f32', ['adapters*layers', size.in, `r.${target}`])
    const B = graph.input(`lora_B.${target}`, 'f32', ['adapters*layers', `r.${target}`, size.out])
    for (let i = 0; i < layers; i++) {
      const row = add(graph, first, graph.int(i))
      pairs.set(`${from + i}.${target}`, { A: gather(graph, A, row), B: gather(graph, B, row) })
    }
  }
  return { of: (layer, target) => pairs.get(`${layer}.${target}`) }
}
