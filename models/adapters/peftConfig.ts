import { z } from 'zod'
import { TributaryError, type Facts } from '../../kernel/index.ts'

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])
const layerNumbers = z.union([
  z
    .int()
    .min(0)
    .transform((layer) => [layer]),
  z.array(z.int().min(0)),
])
const rank = z.int().min(1).max(1_024)
const alpha = z.number().positive()

/** The fields of adapter_config.json that say where LoRA sits and how it counts. */
const schema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: rank,
  lora_alpha: alpha,
  use_rslora: z.boolean().default(false),
  target_modules: names,
  exclude_modules: z.union([z.string(), z.array(z.string())]).nullish(),
  layers_to_transform: layerNumbers.nullish(),
  layers_pattern: z.union([z.string(), z.array(z.string())]).nullish(),
  rank_pattern: z.record(z.string(), rank).nullish(),
  alpha_pattern: z.record(z.string(), alpha).nullish(),
})
export type PeftConfig = z.output<typeof schema>

/** Fields that change nothing in what a trained adapter computes. */
const harmless = new Set(
  (
    'auto_mapping base_model_name_or_path corda_config ensure_weight_tying eva_config inference_mode loftq_config ' +
    'lora_dropout lora_ga_config megatron_config megatron_core peft_version qalora_group_size revision runtime_config ' +
    'task_type'
  ).split(' '),
)

/** Ways to initialise that leave the base model as it is; others move weights of the base into the adapter. */
const plainStarts = new Set<unknown>([true, false, 'gaussian', 'orthogonal', 'eva'])

const tips: Readonly<Record<string, string>> = {
  use_dora:
    'DoRA also scales each column of the base: merge it into the base with peft, or train LoRA without use_dora',
  bias: 'train with bias "none"',
  lora_bias: 'train with lora_bias false',
  modules_to_save: 'train without modules_to_save: embeddings, head and norms are those of the base',
  trainable_token_indices: 'train without trainable_token_indices: embeddings are those of the base',
  layer_replication: 'convert the base with its layers repeated, and train LoRA on that',
  fan_in_fan_out: 'save the adapter for a Llama: its projections are not transposed',
  init_lora_weights: 'convert it to plain LoRA: save_pretrained(path_initial_model_for_weight_conversion=...)',
}

/**
 * Reads adapter_config.json. What is not plain LoRA on linear projections is refused by the name of its field, and so is
 * any field that is not known here and says something. Throws models/adapter-config; models/adapter-dora for DoRA.
 */
export function parsePeftConfig(value: unknown, dir: string): PeftConfig {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refuseConfig('The adapter is of a kind that is not supported.', {
      dir,
      problem: `${issue?.path.join('.')}: ${issue?.message}`,
    })
  }
  for (const [field, content] of Object.entries(parsed.data)) {
    if (field in schema.shape || harmless.has(field) || saysNothing(field, content)) continue
    const isDora = field === 'use_dora'
    throw new TributaryError(`The adapter uses ${field}, which is not supported.`, {
      code: isDora ? 'models/adapter-dora' : 'models/adapter-config',
      facts: { dir, field, value: JSON.stringify(content).slice(0, 200) },
      tryThis: tips[field] ?? 'give a plain LoRA of the seven linear projections',
    })
  }
  return parsed.data
}

export function refuseConfig(message: string, facts: Facts): TributaryError {
  return new TributaryError(message, {
    code: 'models/adapter-config',
    facts,
    tryThis: 'give a PEFT folder of a plain LoRA on q, k, v, o, gate, up or down projections',
  })
}

function saysNothing(field: string, content: unknown): boolean {
  if (field === 'bias') return content === 'none'
  if (field === 'init_lora_weights') return content === null || plainStarts.has(content)
  if (content === null || content === undefined || content === false || content === '') return true
  return typeof content === 'object' && Object.keys(content).length === 0
}
