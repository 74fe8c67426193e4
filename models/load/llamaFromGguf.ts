import { TributaryError } from '../../kernel/index.ts'
import type { HuggingFaceConfig } from './HuggingFaceConfig.ts'
import type { Gguf } from './readGguf.ts'

/** `general.architecture` of the GGUF files whose arithmetic these graphs know; Mistral calls itself llama there. */
const architectures = ['llama', 'qwen2', 'qwen3'] as const

/** The config.json that belongs to a GGUF. Throws models/architecture, models/gguf-damaged. */
export function llamaFromGguf(gguf: Gguf): HuggingFaceConfig {
  const named = gguf.metadata.get('general.architecture')
  const architecture = architectures.find((known) => known === named)
  if (architecture === undefined) throw notSupported(gguf, 'general.architecture', String(named))
  const key = (name: string): string => `${architecture}.${name}`
  refuseUnused(gguf, architecture)
  const heads = numberOf(gguf, key('attention.head_count'))
  const hidden = numberOf(gguf, key('embedding_length'))
  const [vocabulary] = gguf.tensors.get('token_embd.weight')?.shape ?? []
  if (vocabulary === undefined) throw missing(gguf, 'token_embd.weight')
  const headDim = numberOf(gguf, key('rope.dimension_count'), hidden / heads)
  return {
    model_type: architecture,
    architectures: [`${architecture[0]?.toUpperCase()}${architecture.slice(1)}ForCausalLM`],
    hidden_size: hidden,
    num_hidden_layers: numberOf(gguf, key('block_count')),
    num_attention_heads: heads,
    num_key_value_heads: numberOf(gguf, key('attention.head_count_kv'), heads),
    head_dim: numberOf(gguf, key('attention.key_length'), headDim),
    intermediate_size: numberOf(gguf, key('feed_forward_length')),
    vocab_size: vocabulary,
    rms_norm_eps: Math.fround(numberOf(gguf, key('attention.layer_norm_rms_epsilon'))),
    rope_theta: numberOf(gguf, key('rope.freq_base'), 10_000),
    max_position_embeddings: numberOf(gguf, key('context_length')),
    ...scalingOf(gguf, architecture),
    ...windowOf(gguf, architecture),
    ...(architecture === 'llama' && gguf.tensors.has('blk.0.attn_q.bias') ? { attention_bias: true } : {}),
    tie_word_embeddings: !gguf.tensors.has('output.weight'),
    bos_token_id: numberOf(gguf, 'tokenizer.ggml.bos_token_id', 0),
    eos_token_id: numberOf(gguf, 'tokenizer.ggml.eos_token_id'),
  }
}

/** Traits of a GGUF that would change the arithmetic and are not computed. */
function refuseUnused(gguf: Gguf, architecture: string): void {
  const experts = gguf.metadata.get(`${architecture}.expert_count`)
  if (typeof experts === 'number' && experts > 0) throw notSupported(gguf, 'expert_count', String(experts))
  if (gguf.tensors.has('rope_freqs.weight')) {
    // llama3 scaling: the file holds its result for llama.cpp, not the numbers that config.json has.
    throw notSupported(gguf, 'rope_freqs.weight', 'llama3 rotary scaling: give the safetensors of the model')
  }
}

function scalingOf(gguf: Gguf, architecture: string): Pick<HuggingFaceConfig, 'rope_scaling'> {
  const kind = gguf.metadata.get(`${architecture}.rope.scaling.type`) ?? 'none'
  if (kind === 'none') return {}
  if (kind !== 'linear')
    throw notSupported(gguf, 'rope.scaling.type', `${String(kind)}: give the safetensors of the model`)
  return { rope_scaling: { rope_type: 'linear', factor: numberOf(gguf, `${architecture}.rope.scaling.factor`) } }
}

function windowOf(gguf: Gguf, architecture: string): Pick<HuggingFaceConfig, 'sliding_window'> {
  const window = gguf.metadata.get(`${architecture}.attention.sliding_window`)
  return typeof window === 'number' && window > 0 ? { sliding_window: window } : {}
}

function notSupported(gguf: Gguf, trait: string, value: string): TributaryError {
  return new TributaryError('The model in this GGUF does something that is not supported.', {
    code: 'models/architecture',
    facts: { file: gguf.file, trait, value },
    tryThis: `choose a GGUF whose general.architecture is ${architectures.join(', ')}, or a folder of safetensors`,
  })
}

const renamed: readonly (readonly [RegExp, string])[] = [
  [/^token_embd\./, 'model.embed_tokens.'],
  [/^output_norm\./, 'model.norm.'],
  [/^output\./, 'lm_head.'],
  [/^blk\.(\d+)\.attn_(q|k|v)\./, 'model.layers.$1.self_attn.$2_proj.'],
  [/^blk\.(\d+)\.attn_output\./, 'model.layers.$1.self_attn.o_proj.'],
  [/^blk\.(\d+)\.attn_(q|k)_norm\./, 'model.layers.$1.self_attn.$2_norm.'],
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

/** Heads whose rows a GGUF keeps in rotary order: those of q and k of Llamas; 0 for any other tensor. */
export function rotaryHeads(config: HuggingFaceConfig, name: string): number {
  if (config.model_type !== 'llama') return 0
  if (/\.attn_q\.(weight|bias)$/.test(name)) return config.num_attention_heads
  return /\.attn_k\.(weight|bias)$/.test(name) ? config.num_key_value_heads : 0
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
