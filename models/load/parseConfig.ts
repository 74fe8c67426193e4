import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import type { HuggingFaceConfig } from './llamaFromGguf.ts'

const size = z
  .int()
  .min(1)
  .max(1 << 24)
const configSchema = z.looseObject({
  model_type: z.literal('llama'),
  architectures: z.array(z.string()).default(['LlamaForCausalLM']),
  hidden_size: size,
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.optional(),
  head_dim: size.nullish(),
  intermediate_size: size,
  vocab_size: size,
  rms_norm_eps: z.number().positive(),
  max_position_embeddings: size,
  rope_theta: z.number().positive().optional(),
  rope_parameters: z.looseObject({ rope_theta: z.number().positive() }).optional(),
  rope_scaling: z.looseObject({ rope_type: z.string().optional(), type: z.string().optional() }).nullish(),
  attention_bias: z.boolean().optional(),
  mlp_bias: z.boolean().optional(),
  hidden_act: z.string().optional(),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: z.int().nullish(),
  eos_token_id: z.union([z.int(), z.array(z.int()).min(1)]).nullish(),
})

/** The part of a config.json that counts. Throws models/architecture when it is not that of a Llama. */
export function parseConfig(json: unknown, file: string): HuggingFaceConfig {
  const parsed = configSchema.safeParse(json)
  if (!parsed.success) {
    throw new TributaryError('config.json is not that of a Llama.', {
      code: 'models/architecture',
      facts: {
        file,
        problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      },
      tryThis: 'choose a base model of Llama architecture',
    })
  }
  const { num_key_value_heads: keyHeads, head_dim: headDim, eos_token_id: eos, bos_token_id: bos } = parsed.data
  const { rope_theta, rope_parameters, rope_scaling, attention_bias, mlp_bias, hidden_act } = parsed.data
  const scaling = rope_scaling?.rope_type ?? rope_scaling?.type
  return {
    model_type: 'llama',
    architectures: parsed.data.architectures,
    hidden_size: parsed.data.hidden_size,
    num_hidden_layers: parsed.data.num_hidden_layers,
    num_attention_heads: parsed.data.num_attention_heads,
    num_key_value_heads: keyHeads ?? parsed.data.num_attention_heads,
    head_dim: headDim ?? parsed.data.hidden_size / parsed.data.num_attention_heads,
    intermediate_size: parsed.data.intermediate_size,
    vocab_size: parsed.data.vocab_size,
    rms_norm_eps: parsed.data.rms_norm_eps,
    max_position_embeddings: parsed.data.max_position_embeddings,
    ...(rope_theta === undefined ? {} : { rope_theta }),
    ...(rope_parameters === undefined ? {} : { rope_parameters: { rope_theta: rope_parameters.rope_theta } }),
    ...(scaling === undefined ? {} : { rope_scaling: { rope_type: scaling } }),
    ...(attention_bias === undefined ? {} : { attention_bias }),
    ...(mlp_bias === undefined ? {} : { mlp_bias }),
    ...(hidden_act === undefined ? {} : { hidden_act }),
    tie_word_embeddings: parsed.data.tie_word_embeddings,
    bos_token_id: bos ?? 0,
    eos_token_id: (Array.isArray(eos) ? eos[0] : eos) ?? 0,
  }
}
