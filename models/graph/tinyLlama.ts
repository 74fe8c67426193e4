import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LlamaConfig } from './llama/LlamaConfig.ts'
import { headDim } from './llama/llamaSizes.ts'
import { llamaTensors } from './llama/llamaTensors.ts'
import type { WeightIndex } from './llama/WeightIndex.ts'
import { seededNormal } from './seededNormal.ts'

export type TinyLlamaOptions = {
  seed?: number
  /** Without a head of its own the embedding is the head; true unless given. */
  tied?: boolean
  /** Replaces fields of the default config: 3 blocks, hidden 32, 4 heads of 16 on 2 key heads, vocabulary 64. */
  config?: Partial<LlamaConfig>
}
export type TinyLlama = {
  dir: string
  config: LlamaConfig
  weights: WeightIndex
  /** The same numbers in memory, by tensor name. */
  tensors: Map<string, Float32Array>
}

const pageBytes = 4_096

/**
 * A random Llama for tests: writes `config.json` and `weights.safetensors` (f32) into a folder, and returns both.
 * The same seed and options give the same bytes. Projections are normal with variance 1 / inputs, so that every part
 * has a gradient worth comparing; norms are near 1.
 */
export function tinyLlama(
  dir: string,
  { seed = 1, tied = true, config: changes = {} }: TinyLlamaOptions = {},
): TinyLlama {
  const config: LlamaConfig = {
    hidden_size: 32,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 16,
    intermediate_size: 48,
    vocab_size: 64,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 256,
    rope_theta: 10_000,
    ...changes,
  }
  const shapes = llamaTensors(config, { tied })
  const tensors = randomTensors(shapes, seed)
  mkdirSync(dir, { recursive: true })
  const type = config.model_type ?? 'llama'
  const architectures = [`${type[0]?.toUpperCase()}${type.slice(1)}ForCausalLM`]
  const meta = { model_type: type, architectures, tie_word_embeddings: tied }
  const written = { ...meta, ...config, head_dim: headDim(config), bos_token_id: 1, eos_token_id: 2 }
  writeFileSync(join(dir, 'config.json'), `${JSON.stringify(written, null, 2)}\n`)
  return { dir, config, weights: writeSafetensors(dir, 'weights.safetensors', shapes, tensors), tensors }
}

function randomTensors(shapes: Map<string, number[]>, seed: number): Map<string, Float32Array> {
  const normal = seededNormal(seed)
  return new Map(
    [...shapes].map(([name, shape]) => {
      const count = shape.reduce((product, dim) => product * dim, 1)
      const isVector = shape.length === 1
      const scale = isVector ? 0.1 : (shape[1] ?? 1) ** -0.5
      const mean = isVector && !name.endsWith('.bias') ? 1 : 0
      return [name, Float32Array.from({ length: count }, () => mean + scale * normal())]
    }),
  )
}

// Header padded with spaces to a page, as external data in ONNX likes to be aligned.
function writeSafetensors(
  dir: string,
  location: string,
  shapes: Map<string, number[]>,
  tensors: Map<string, Float32Array>,
): WeightIndex {
  let end = 0
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> = {}
  for (const [name, data] of tensors) {
    const start = end
    end += data.byteLength
    header[name] = { dtype: 'F32', shape: shapes.get(name) ?? [], data_offsets: [start, end] }
  }
  const text = JSON.stringify(header)
  const padded = text.padEnd(Math.ceil((text.length + 8) / pageBytes) * pageBytes - 8)
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(padded.length))
  const bodies = [...tensors.values()].map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  writeFileSync(join(dir, location), Buffer.concat([size, Buffer.from(padded), ...bodies]))

  const base = 8 + padded.length
  const entries = Object.entries(header).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => [name, { dtype, shape, offset: base + from, length: to - from }],
  )
  return { location, entries: Object.fromEntries(entries) as WeightIndex['entries'] }
}
