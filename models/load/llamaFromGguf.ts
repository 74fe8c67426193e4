import { TributaryError } from '../../kernel/index.ts'
import type { LlamaConfig } from '../graph/index.ts'
import type { Gguf } from './readGguf.ts'

export type HuggingFaceConfig = LlamaConfig & {
  model_type: 'llama'
  architectures: string[]
  head_dim: number
  tie_word_embeddings: boolean
  bos_token_id: number
  eos_token_id: number
}

/** The config.json that belongs to a GGUF of Llama architecture. Throws models/architecture, models/gguf-damaged. */
export function llamaFromGguf(gguf: Gguf): HuggingFaceConfig {
  const architecture = gguf.metadata.get('general.architecture')
  if (architecture !== 'llama') {
    throw new TributaryError('The model is of another architecture than Llama.', {
      code: 'models/architecture',
      facts: { file: gguf.file, architecture: String(architecture) },
      tryThis: 'choose a base model whose GGUF says general.architecture = llama',
    })
  }
  const heads = numberOf(gguf, 'llama.attention.head_count')
  const hidden = numberOf(gguf, 'llama.embedding_length')
  const [vocabulary] = gguf.tensors.get('token_embd.weight')?.shape ?? []
  if (vocabulary === undefined) throw missing(gguf, 'token_embd.weight')
  return {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: hidden,
    num_hidden_layers: numberOf(gguf, 'llama.block_count'),
    num_attention_heads: heads,
    num_key_value_heads: numberOf(gguf, 'llama.attention.head_count_kv', heads),
    head_dim: numberOf(gguf, 'llama.rope.dimension_count', hidden / heads),
    intermediate_size: numberOf(gguf, 'llama.feed_forward_length'),
    vocab_size: vocabulary,
    rms_norm_eps: Math.fround(numberOf(gguf, 'llama.attention.layer_norm_rms_epsilon')),
    rope_theta: numberOf(gguf, 'llama.rope.freq_base', 10_000),
    max_position_embeddings: numberOf(gguf, 'llama.context_length'),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    bos_token_id: numberOf(gguf, 'tokenizer.ggml.bos_token_id'),
    eos_token_id: numberOf(gguf, 'tokenizer.ggml.eos_token_id'),
  }
}

const renamed: readonly (readonly [RegExp, string])[] = [
  [/^token_embd\./, 'model.embed_tokens.'],
  [/^output_norm\./, 'model.norm.'],
  [/^output\./, 'lm_head.'],
  [/^blk\.(\d+)\.attn_(q|k|v)\./, 'model.layers.$1.self_attn.$2_proj.'],
  [/^blk\.(\d+)\.attn_output\./, 'model.layers.$1.self_attn.o_proj.'],
  [/^blk\.(\d+)\.attn_norm\./, 'model.layers.$1.input_layernorm.'],
  [/^blk\.(\d+)\.ffn_norm\./, 'model.layers.$1.post_attention_layernorm.'],
  [/^blk\.(\d+)\.ffn_(gate|up|down)\./, 'model.layers.$1.mlp.$2_proj.'],
]

/** The name that safetensors files of Llamas use for a tensor of a GGUF. Throws models/architecture for a stranger. */
export function safetensorsName(gguf: Gguf, name: string): string {
  for (const [pattern, replacement] of renamed) if (pattern.test(name)) return name.replace(pattern, replacement)
  throw new TributaryError(`A Llama has no tensor ${name}.`, {
    code: 'models/architecture',
    facts: { file: gguf.file, tensor: name },
    tryThis: 'choose a base model of plain Llama architecture',
  })
}

/** Heads whose rows a GGUF keeps in rotary order: those of q and k; 0 for any other tensor. */
export function rotaryHeads(config: LlamaConfig, name: string): number {
  if (name.endsWith('attn_q.weight')) return config.num_attention_heads
  return name.endsWith('attn_k.weight') ? config.num_key_value_heads : 0
}

/**
 * llama.cpp interleaves the two halves of each rotary head in the rows of q and k; this puts them back.
 * Shape: [rows, anything] in and out, `heads` heads of rows / heads rows.
 */
export function unpermuteRotary<Data extends Float32Array | Uint8Array>(
  weights: Data,
  { rows, heads }: { rows: number; heads: number },
): Data {
  const size = rows / heads
  const half = size / 2
  const columns = weights.length / rows
  const out = weights.slice() as Data
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < half; i++) {
      for (let part = 0; part < 2; part++) {
        const from = (head * size + 2 * i + part) * columns
        out.set(weights.subarray(from, from + columns), (head * size + part * half + i) * columns)
      }
    }
  }
  return out
}

function numberOf(gguf: Gguf, key: string, otherwise?: number): number {
  const value = gguf.metadata.get(key) ?? otherwise
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw missing(gguf, key)
}

function missing(gguf: Gguf, key: string): TributaryError {
  return new TributaryError(`The GGUF file lacks ${key}, or it makes no sense.`, {
    code: 'models/gguf-damaged',
    facts: { file: gguf.file, key },
    tryThis: 'fetch the file again and compare its sha-256',
  })
}
