import { Graph, type Val } from './Graph.ts'
import { blockProduct, type BlockInputs } from './llama/blockProduct.ts'
import type { BlockWeights } from './llama/BlockWeights.ts'
import { checkServable } from './llama/checkConfig.ts'
import { Llama } from './llama/Llama.ts'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { headDim } from './llama/llamaSizes.ts'
import { loraInputs } from './llama/loraInputs.ts'
import { maxPositions } from './llama/maxPositions.ts'
import { frozenParameters } from './llama/parameters.ts'
import { ropeTables } from './llama/ropeTables.ts'
import type { Target } from './llama/target.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'

export type ServeOptions = {
  /** Projections that adapters may adapt; none: no LoRA inputs. */
  targets?: readonly Target[]
  /** First block with adapters; the stacked inputs count layers from it. */
  from?: number
  /** Rows of the rotary tables, at most the model's own limit; 2,048 unless given. */
  maxPositions?: number
  /** Matrices in blocks of integers, used in place of those of the same name in the weights. */
  blocks?: BlockWeights
  /** How products with `blocks` take their inputs: int8, the fast way, unless given. */
  blockInputs?: BlockInputs
}

/**
 * The next token's logits, with a key-value cache and one adapter per row.
 *
 * Inputs: `input_ids` i64 [b, s]; `last` i64 [b, 1], the index in 0..s-1 of each row's last real token;
 * `seqlens_k` i32 [b], each row's number of tokens in cache and chunk together, minus 1;
 * `total_sequence_length` i32 [1], the largest of s and of these numbers (seqlens_k + 1);
 * `past_key_values.<l>.key|value` f32 [b, keyHeads, capacity, headDim];
 * with targets also `adapter_idx` i64 [b], `lora_A.<t>` and `lora_B.<t>` (see loraInputs).
 * Outputs: `logits` f32 [b, vocabulary]; `present.<l>.key|value`, of the shape of the past.
 *
 * Give the same tensor as past and as present: the cache is then updated in place and nothing is copied.
 * Rows are padded on the right. A chunk of s > 1 tokens on a cache that is not empty works at b = 1 only: prefill
 * alone, then copy the row into the batch's cache. Decoding (s = 1) batches rows of any length and any adapters.
 * A row's bits do not depend on its neighbours nor on the number of threads. Throws graph/config, graph/no-tensor.
 */
export function serveGraph(config: LlamaConfig, weights: WeightIndex, options: ServeOptions = {}): Graph {
  checkServable(config)
  const graph = new Graph()
  const ids = graph.input('input_ids', 'i64', ['b', 's'])
  const seqlens = graph.input('seqlens_k', 'i32', ['b'])
  const total = graph.input('total_sequence_length', 'i32', [1])
  const last = graph.input('last', 'i64', ['b', 1])
  const lora = loraInputs(graph, config, options.targets ?? [], options.from ?? 0)
  const llama = new Llama(graph, {
    config,
    weights,
    lora,
    parameters: frozenParameters(graph, weights),
    ...(options.blocks ? { product: blockProduct(graph, options.blocks, options.blockInputs) } : {}),
  })
  const { cos, sin } = ropeTables(graph, config, maxPositions(config, options.maxPositions))

  let x = llama.embed(ids)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const shape = ['b', config.num_key_value_heads, 'capacity', headDim(config)]
    const past = (part: string): Val => graph.input(`past_key_values.${layer}.${part}`, 'f32', shape)
    const [pastKey, pastValue] = [past('key'), past('value')]
    x = llama.block(x, layer, (q, k, v) => {
      const [out, ...present] = graph.node(
        'GroupQueryAttention',
        [q, k, v, pastKey, pastValue, seqlens, total, cos, sin],
        {
          domain: 'com.microsoft',
          attributes: {
            num_heads: config.num_attention_heads,
            kv_num_heads: config.num_key_value_heads,
            scale: { float: headDim(config) ** -0.5 },
            do_rotary: 1,
            rotary_interleaved: 0,
          },
          outputs: [
            { shape: q.shape },
            { shape, name: `present.${layer}.key` },
            { shape, name: `present.${layer}.value` },
          ],
        },
      ) as [Val, Val, Val]
      graph.outputs.push(...present)
      return out
    })
  }
  const tail = graph.op('GatherND', [x, last], { attributes: { batch_dims: 1 }, shape: ['b', config.hidden_size] })
  graph.output('logits', llama.logits(tail))
  return graph
}
