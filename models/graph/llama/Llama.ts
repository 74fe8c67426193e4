import type { Graph, Val } from '../Graph.ts'
import type { Dim } from '../onnx.ts'
import { add } from '../ops/add.ts'
import { gather } from '../ops/gather.ts'
import { matmul } from '../ops/matmul.ts'
import { multiply } from '../ops/multiply.ts'
import { reshape } from '../ops/reshape.ts'
import { rmsNorm } from '../ops/rmsNorm.ts'
import { silu } from '../ops/silu.ts'
import { checkConfig } from './checkConfig.ts'
import { biasedTargets, hasHeadNorms } from './family.ts'
import type { LlamaConfig } from './LlamaConfig.ts'
import { headDim } from './llamaSizes.ts'
import type { LoraPairs } from './loraLeaves.ts'
import type { Parameters } from './parameters.ts'
import { projectionName, type Target } from './target.ts'
import type { WeightIndex } from './WeightIndex.ts'

export type Attend = (q: Val, k: Val, v: Val) => Val

/** x · Wᵀ with the tensor of that name, for tensors that do not lie in the weights file as they are; else undefined. */
export type Product = (x: Val, name: string) => Val | undefined

type Parts = {
  config: LlamaConfig
  weights: WeightIndex
  parameters: Parameters
  lora?: LoraPairs
  /** Replaces the plain product of the matrices that it knows. */
  product?: Product
}

/** The forward pass of a Llama, block by block, written into a graph. How attention is computed is given to `block`. */
export class Llama {
  readonly graph: Graph
  readonly config: LlamaConfig
  readonly #parameters: Parameters
  readonly #lora: LoraPairs | undefined
  readonly #product: Product | undefined
  readonly #headName: string
  readonly #biased: ReadonlySet<Target>

  constructor(graph: Graph, { config, weights, parameters, lora, product }: Parts) {
    checkConfig(config)
    this.graph = graph
    this.config = config
    this.#parameters = parameters
    this.#lora = lora
    this.#product = product
    this.#biased = new Set(biasedTargets(config))
    // A model without its own head is tied: the embedding is the head.
    this.#headName = 'lm_head.weight' in weights.entries ? 'lm_head.weight' : 'model.embed_tokens.weight'
  }

  /** [b, s] token ids to [b, s, hidden]. */
  embed(ids: Val): Val {
    return gather(this.graph, this.#parameters('model.embed_tokens.weight'), ids)
  }

  /** [vocabulary, hidden]. */
  get head(): Val {
    return this.#parameters(this.#headName)
  }

  /**
   * x + attention + MLP. `pick` keeps some rows of x: queries, attention output and MLP are then computed for these
   * alone, while keys and values still see all. Right for the last block, whose other rows nobody reads.
   */
  block(x: Val, layer: number, attend: Attend, pick?: (x: Val) => Val): Val {
    const { graph } = this
    const normed = this.#norm(x, `model.layers.${layer}.input_layernorm.weight`)
    const rows = pick ? pick(x) : x
    const asking = pick ? this.#norm(rows, `model.layers.${layer}.input_layernorm.weight`) : normed
    const [q, k, v] = [
      this.#normHeads(this.#project(asking, layer, 'q_proj'), `model.layers.${layer}.self_attn.q_norm.weight`),
      this.#normHeads(this.#project(normed, layer, 'k_proj'), `model.layers.${layer}.self_attn.k_norm.weight`),
      this.#project(normed, layer, 'v_proj'),
    ]
    const attended = add(graph, rows, this.#project(attend(q, k, v), layer, 'o_proj'))
    const inner = this.#norm(attended, `model.layers.${layer}.post_attention_layernorm.weight`)
    const gate = silu(graph, this.#project(inner, layer, 'gate_proj'))
    const gated = multiply(graph, gate, this.#project(inner, layer, 'up_proj'))
    return add(graph, attended, this.#project(gated, layer, 'down_proj'))
  }

  /** The norm, then the head: [..., hidden] to [..., vocabulary]. */
  logits(x: Val): Val {
    return this.#times(this.finalNorm(x), this.#headName)
  }

  /** The norm before the head. */
  finalNorm(x: Val): Val {
    return this.#norm(x, 'model.norm.weight')
  }

  #norm(x: Val, name: string): Val {
    return rmsNorm(this.graph, x, this.#parameters(name), this.config.rms_norm_eps)
  }

  /** Each head of [b, s, heads · headDim] by itself, all with one weight [headDim]; only where the model does that. */
  #normHeads(x: Val, name: string): Val {
    if (!hasHeadNorms(this.config)) return x
    const size = headDim(this.config)
    const [batch, length, width] = x.shape as [Dim, Dim, number]
    const heads = reshape(this.graph, x, [batch, length, width / size, size])
    return reshape(this.graph, this.#norm(heads, name), x.shape)
  }

  #project(x: Val, layer: number, target: Target): Val {
    const { graph } = this
    const name = projectionName(layer, target)
    const product = this.#times(x, `${name}.weight`)
    const y = this.#biased.has(target) ? add(graph, product, this.#parameters(`${name}.bias`)) : product
    const pair = this.#lora?.of(layer, target)
    return pair ? add(graph, y, matmul(graph, matmul(graph, x, pair.A), pair.B)) : y
  }

  #times(x: Val, name: string): Val {
    return this.#product?.(x, name) ?? matmul(this.graph, x, this.#parameters(name), { transposeB: true })
  }
}
