import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { modelTypes, type LlamaConfig, type RopeScaling } from '../graph/index.ts'
import type { HuggingFaceConfig } from './HuggingFaceConfig.ts'
import { unsupportedTraits } from './unsupportedTraits.ts'

const size = z
  .int()
  .min(1)
  .max(1 << 24)
const positive = z.number().positive().max(1e12).nullish()
const ropeSchema = z.object({
  rope_theta: positive,
  rope_type: z.string().optional(),
  type: z.string().optional(),
  factor: positive,
  original_max_position_embeddings: size.nullish(),
  low_freq_factor: positive,
  high_freq_factor: positive,
  beta_fast: positive,
  beta_slow: positive,
  attention_factor: positive,
  mscale: positive,
  mscale_all_dim: positive,
  truncate: z.boolean().nullish(),
})
const configSchema = z.looseObject({
  model_type: z.enum(modelTypes),
  architectures: z.array(z.string()).nullish(),
  hidden_size: size,
  num_hidden_layers: size.max(1 << 12),
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  intermediate_size: size,
  vocab_size: size,
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: size,
  rope_theta: z.number().positive().optional(),
  rope_parameters: ropeSchema.nullish(),
  rope_scaling: ropeSchema.nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  hidden_act: z.string().optional(),
  sliding_window: size.nullish(),
  use_sliding_window: z.boolean().optional(),
  max_window_layers: z.int().min(0).optional(),
  layer_types: z.array(z.string()).nullish(),
  original_max_position_embeddings: size.nullish(),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: z.int().nullish(),
  eos_token_id: z.union([z.int(), z.array(z.int()).min(1)]).nullish(),
})
type Parsed = z.output<typeof configSchema>

/**
 * The part of a config.json that counts, with the defaults of transformers filled in where they decide anything.
 * Throws models/architecture, which names every trait that is not supported, or the field that makes no sense.
 */
export function parseConfig(json: unknown, file: string): HuggingFaceConfig {
  const traits = unsupportedTraits(json)
  if (traits.length > 0) {
    throw new TributaryError('The model does something that is not supported.', {
      code: 'models/architecture',
      facts: { file, traits: traits.map(({ trait, value, needs }) => `${trait} ${value}: needs ${needs}`) },
      tryThis: 'choose a model of Llama architecture: Llama, Mistral, Qwen2 or Qwen3',
    })
  }
  const parsed = configSchema.safeParse(json)
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    throw new TributaryError('config.json makes no sense.', {
      code: 'models/architecture',
      facts: { file, problem: problem.slice(0, 500) },
      tryThis: 'fetch config.json again from the place of the weights',
    })
  }
  const { data } = parsed
  const { eos_token_id: eos, bos_token_id: bos, attention_bias, mlp_bias, hidden_act } = data
  const { model_type: type, num_attention_heads: heads } = data
  const rope_theta = data.rope_theta ?? data.rope_scaling?.rope_theta ?? undefined
  return {
    model_type: type,
    architectures: data.architectures ?? [`${type[0]?.toUpperCase()}${type.slice(1)}ForCausalLM`],
    hidden_size: data.hidden_size,
    num_hidden_layers: data.num_hidden_layers,
    num_attention_heads: heads,
    num_key_value_heads: data.num_key_value_heads ?? heads,
    head_dim: data.head_dim ?? (type === 'qwen3' ? 128 : data.hidden_size / heads),
    intermediate_size: data.intermediate_size,
    vocab_size: data.vocab_size,
    rms_norm_eps: data.rms_norm_eps,
    max_position_embeddings: data.max_position_embeddings,
    ...(rope_theta === undefined ? {} : { rope_theta }),
    ...ropeOf(data),
    ...(typeof attention_bias !== 'boolean' ? {} : { attention_bias }),
    ...(typeof mlp_bias !== 'boolean' ? {} : { mlp_bias }),
    ...(hidden_act === undefined ? {} : { hidden_act }),
    ...windowOf(data),
    tie_word_embeddings: data.tie_word_embeddings,
    bos_token_id: bos ?? 0,
    eos_token_id: (Array.isArray(eos) ? eos[0] : eos) ?? 0,
  }
}

/** Scaling as the file says it, in the place where it says it; nothing but theta where there is none. */
function ropeOf(data: Parsed): Pick<LlamaConfig, 'rope_parameters' | 'rope_scaling'> {
  const { rope_parameters: parameters, rope_scaling: scaling } = data
  const numbers = (from: NonNullable<typeof scaling>): RopeScaling => {
    const { rope_theta: _, type, rope_type: kind = type ?? 'default', ...rest } = from
    if (kind === 'default') return {}
    // Some files keep it outside, where it comes first in transformers too.
    const old = data.original_max_position_embeddings ?? rest.original_max_position_embeddings
    const given = Object.entries({ ...rest, original_max_position_embeddings: old })
    return {
      rope_type: kind,
      ...Object.fromEntries(given.filter(([, value]) => value !== null && value !== undefined)),
    }
  }
  const kind = scaling?.rope_type ?? scaling?.type
  return {
    ...(parameters
      ? { rope_parameters: { rope_theta: parameters.rope_theta ?? data.rope_theta ?? 10_000, ...numbers(parameters) } }
      : {}),
    ...(kind === undefined || !scaling ? {} : { rope_scaling: { rope_type: kind, ...numbers(scaling) } }),
  }
}

/** Mistral has a window unless it says null; Qwen has one where it says that it uses it in one of its blocks. */
function windowOf(data: Parsed): Partial<HuggingFaceConfig> {
  const { model_type: type, sliding_window: window, layer_types: types } = data
  if (type === 'mistral') return { sliding_window: window === undefined ? 4_096 : window }
  // A Llama has one only where a GGUF of Mistral calls itself so.
  if (type === 'llama') return window ? { sliding_window: window } : {}
  if (!data.use_sliding_window || window === null) return {}
  const from = data.max_window_layers ?? 28
  const isUsed = types ? types.includes('sliding_attention') : from < data.num_hidden_layers
  if (!isUsed) return {}
  return {
    use_sliding_window: true,
    sliding_window: window ?? 4_096,
    max_window_layers: from,
    ...(types ? { layer_types: types } : {}),
  }
}
