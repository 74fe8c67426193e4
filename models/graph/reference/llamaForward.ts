import { headDim } from '../llama/llamaSizes.ts'
import type { LlamaConfig } from '../llama/LlamaConfig.ts'
import { ropeFrequencies } from '../llama/ropeFrequencies.ts'
import { projectionName, type Target } from '../llama/target.ts'

type Matrix = number[][]
/** LoRA factors of one adapter: A [in][r], B [r][out]. */
export type ReferenceLora = (layer: number, target: Target) => { A: Matrix; B: Matrix } | undefined

/**
 * A Llama in plain loops over float64, one row of tokens: slow, readable, the judge of the graphs.
 * Biases and norms of heads count where the tensors are there. Only the rotary frequencies come from the graphs' own code;
 * transformers judges them (see kinds.test.ts). Returns the logits at every position, [s][vocabulary].
 */
export function llamaForward(
  config: LlamaConfig,
  tensors: ReadonlyMap<string, Float32Array>,
  tokens: readonly number[],
  lora: ReferenceLora = () => undefined,
): Matrix {
  const weight = (name: string): Matrix => rowsOf(tensors.get(name) ?? new Float32Array(), sizeOf(name))
  const sizeOf = (name: string): number =>
    name.endsWith('down_proj.weight')
      ? config.intermediate_size
      : name.endsWith('o_proj.weight')
        ? config.num_attention_heads * headDim(config)
        : config.hidden_size
  const norm = (x: Matrix, name: string): Matrix => {
    const scale = tensors.get(name) ?? new Float32Array()
    return x.map((row) => {
      const rms = Math.sqrt(dot(row, row) / row.length + config.rms_norm_eps)
      return row.map((v, i) => (v / rms) * (scale[i] as number))
    })
  }
  const normHeads = (x: Matrix, name: string): Matrix => {
    const size = headDim(config)
    if (!tensors.has(name)) return x
    return x.map((row) => {
      const heads = Array.from({ length: row.length / size }, (_, i) => row.slice(i * size, (i + 1) * size))
      return norm(heads, name).flat()
    })
  }
  const project = (x: Matrix, layer: number, target: Target): Matrix => {
    const W = weight(`${projectionName(layer, target)}.weight`)
    const bias = tensors.get(`${projectionName(layer, target)}.bias`)
    const pair = lora(layer, target)
    return x.map((row) => {
      const inner = pair?.B.map((_, k) => dot(row, column(pair.A, k)))
      return W.map((w, o) => dot(row, w) + (bias?.[o] ?? 0) + (pair && inner ? dot(inner, column(pair.B, o)) : 0))
    })
  }

  const embedding = weight('model.embed_tokens.weight')
  let x = tokens.map((token) => [...(embedding[token] as number[])])
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const h = norm(x, `model.layers.${layer}.input_layernorm.weight`)
    const [q, k, v] = [project(h, layer, 'q_proj'), project(h, layer, 'k_proj'), project(h, layer, 'v_proj')]
    const heads = (rows: Matrix, part: string): Matrix =>
      turn(config, normHeads(rows, `model.layers.${layer}.self_attn.${part}.weight`))
    x = plus(x, project(attend(config, heads(q, 'q_norm'), heads(k, 'k_norm'), v), layer, 'o_proj'))
    const inner = norm(x, `model.layers.${layer}.post_attention_layernorm.weight`)
    const up = project(inner, layer, 'up_proj')
    const gated = project(inner, layer, 'gate_proj').map((row, t) =>
      row.map((g, i) => (g / (1 + Math.exp(-g))) * (up[t] as number[])[i]!),
    )
    x = plus(x, project(gated, layer, 'down_proj'))
  }
  const head = tensors.has('lm_head.weight') ? weight('lm_head.weight') : embedding
  return norm(x, 'model.norm.weight').map((row) => head.map((w) => dot(row, w)))
}

/** Σ weight · (logsumexp(logits) - logits[label]), in nats. */
export function referenceLoss(
  logits: Matrix,
  labels: readonly { position: number; token: number; weight: number }[],
): number {
  return labels.reduce((sum, { position, token, weight }) => {
    const row = logits[position] as number[]
    const max = Math.max(...row)
    const total = row.reduce((s, v) => s + Math.exp(v - max), 0)
    return sum + weight * (max + Math.log(total) - (row[token] as number))
  }, 0)
}

/** Rotates each head's pairs (i, i + headDim / 2) by position · frequency, and scales them. */
function turn(config: LlamaConfig, x: Matrix): Matrix {
  const { frequencies, scale } = ropeFrequencies(config)
  const size = headDim(config)
  const half = size / 2
  return x.map((row, position) =>
    row.map((value, at) => {
      const i = at % size
      const angle = position * frequencies[i % half]!
      const other = row[i < half ? at + half : at - half] as number
      return scale * (value * Math.cos(angle) + (i < half ? -other : other) * Math.sin(angle))
    }),
  )
}

function attend(config: LlamaConfig, q: Matrix, k: Matrix, v: Matrix): Matrix {
  const size = headDim(config)
  const group = config.num_attention_heads / config.num_key_value_heads
  const part = (row: number[], head: number): number[] => row.slice(head * size, (head + 1) * size)
  return q.map((row, t) =>
    Array.from({ length: config.num_attention_heads }, (_, head) => {
      const keyHead = Math.floor(head / group)
      const seen = k.slice(0, t + 1).map((key) => dot(part(row, head), part(key, keyHead)) / Math.sqrt(size))
      const max = Math.max(...seen)
      const weights = seen.map((s) => Math.exp(s - max))
      const total = weights.reduce((a, b) => a + b, 0)
      return Array.from({ length: size }, (_unused, i) =>
        weights.reduce((sum, w, j) => sum + (w / total) * part(v[j] as number[], keyHead)[i]!, 0),
      )
    }).flat(),
  )
}

function rowsOf(data: Float32Array, columns: number): Matrix {
  return Array.from({ length: data.length / columns }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)])
}

function column(matrix: Matrix, i: number): number[] {
  return matrix.map((row) => row[i] as number)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}

function plus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, t) => row.map((value, i) => value + (b[t] as number[])[i]!))
}
