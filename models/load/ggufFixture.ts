import { llamaTensors, seededNormal, type LlamaConfig } from '../graph/index.ts'

type Value = string | number | { f32: number } | readonly string[] | Int32Array

/** A small GGUF of Llama architecture for tests: random Q8_0, Q4_0, Q4_1, F16, BF16 and F32 tensors, byte-level tokenizer. */
export const fixtureConfig: LlamaConfig = {
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 16,
  intermediate_size: 64,
  vocab_size: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  max_position_embeddings: 64,
}

const ggufNames: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens\./, 'token_embd.'],
  [/^model\.norm\./, 'output_norm.'],
  [/^model\.layers\.(\d+)\.self_attn\.(q|k|v)_proj\./, 'blk.$1.attn_$2.'],
  [/^model\.layers\.(\d+)\.self_attn\.o_proj\./, 'blk.$1.attn_output.'],
  [/^model\.layers\.(\d+)\.self_attn\.(q|k)_norm\./, 'blk.$1.attn_$2_norm.'],
  [/^model\.layers\.(\d+)\.input_layernorm\./, 'blk.$1.attn_norm.'],
  [/^model\.layers\.(\d+)\.post_attention_layernorm\./, 'blk.$1.ffn_norm.'],
  [/^model\.layers\.(\d+)\.mlp\.(gate|up|down)_proj\./, 'blk.$1.ffn_$2.'],
]

const blockBytes: Readonly<Record<number, number>> = { 0: 4, 1: 2, 2: 18, 3: 20, 8: 34, 30: 2 }

export type GgufFixture = {
  bytes: Buffer
  /** Raw bytes of each tensor and its type number, by the name in the file. */
  raw: Map<string, { type: number; bytes: Buffer; shape: number[] }>
}

/** `architecture`: llama unless given; others have other tensors. `types`: of the matrices, by ggml's numbers, in turns. */
export function ggufFixture(
  changes: Record<string, Value> = {},
  architecture = 'llama',
  types = [8, 3, 2, 1],
): GgufFixture {
  const c = { ...fixtureConfig, model_type: architecture }
  const tokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', ...Array.from('abcdefghij0ĠĊ')]
  const metadata: Record<string, Value> = {
    'general.architecture': architecture,
    'general.name': 'fixture',
    [`${architecture}.block_count`]: c.num_hidden_layers,
    [`${architecture}.context_length`]: c.max_position_embeddings,
    [`${architecture}.embedding_length`]: c.hidden_size,
    [`${architecture}.feed_forward_length`]: c.intermediate_size,
    [`${architecture}.attention.head_count`]: c.num_attention_heads,
    [`${architecture}.attention.head_count_kv`]: c.num_key_value_heads,
    [`${architecture}.rope.dimension_count`]: 16,
    [`${architecture}.rope.freq_base`]: { f32: 10_000 },
    [`${architecture}.attention.layer_norm_rms_epsilon`]: { f32: 1e-5 },
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'smollm',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': Int32Array.from(tokens, (_, id) => (id < 3 ? 3 : 1)),
    'tokenizer.ggml.merges': ['a b', 'c d'],
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.chat_template': "{% for m in messages %}{{ m['content'] }}{% endfor %}",
    ...changes,
  }
  const normal = seededNormal(3)
  const raw: GgufFixture['raw'] = new Map()
  for (const [name, shape] of llamaTensors(c, { tied: true })) {
    const type = shape.length === 1 ? 0 : types[raw.size % types.length]!
    const count = shape.reduce((a, b) => a * b, 1)
    const bytes = Buffer.alloc((count / (type > 1 && type < 30 ? 32 : 1)) * blockBytes[type]!)
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.abs(normal() * 80)) & 255
    const step = blockBytes[type]!
    for (let at = 0; at < bytes.length; at += step) {
      if (type === 0) bytes.writeFloatLE(1 + 0.1 * normal(), at)
      else bytes.writeUInt16LE((type === 30 ? 0x3c00 : 0x2800) + (bytes[at]! & 255), at)
      if (type === 3) bytes.writeUInt16LE(0xa800 + bytes[at]!, at + 2)
    }
    const renamed = ggufNames.reduce((now, [from, to]) => now.replace(from, to), name)
    raw.set(renamed, { type, bytes, shape })
  }
  const head = [u32(0x46554747), u32(3), u64(raw.size), u64(Object.keys(metadata).length)]
  for (const [key, value] of Object.entries(metadata)) head.push(text(key), encode(value))
  let offset = 0
  for (const [name, { type, bytes, shape }] of raw) {
    head.push(text(name), u32(shape.length), ...shape.toReversed().map(u64), u32(type), u64(offset))
    offset += Math.ceil(bytes.length / 32) * 32
  }
  const start = Buffer.concat(head)
  const pad = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((32 - (bytes.length % 32)) % 32)])
  return { bytes: Buffer.concat([pad(start), ...[...raw.values()].map(({ bytes }) => pad(bytes))]), raw }
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(value)
  return out
}

function u64(value: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigUInt64LE(BigInt(value))
  return out
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([u32(8), text(value)])
  if (typeof value === 'number') return Buffer.concat([u32(4), u32(value)])
  if (value instanceof Int32Array) return Buffer.concat([u32(9), u32(5), u64(value.length), Buffer.from(value.buffer)])
  if ('f32' in value) {
    const out = Buffer.alloc(4)
    out.writeFloatLE(value.f32)
    return Buffer.concat([u32(6), out])
  }
  return Buffer.concat([u32(9), u32(8), u64(value.length), ...value.map(text)])
}
