import { modelTypes, ropeKind, ropeNumbers, type LlamaConfig } from '../graph/index.ts'

/** Something that a model does and these graphs do not: which field says so, and what would have to be written or given. */
export type Trait = { trait: string; value: string; needs: string }

type Json = Readonly<Record<string, unknown>>
type Rule = (json: Json) => Trait | undefined

const said = (trait: string, value: unknown, needs: string): Trait => ({
  trait,
  value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 80),
  needs,
})

/** A rule for fields that must be absent, null, false or 0. */
const absent =
  (names: readonly string[], needs: string): Rule =>
  (json) => {
    const name = names.find((field) => json[field] !== undefined && json[field] !== null && Boolean(json[field]))
    return name === undefined ? undefined : said(name, json[name], needs)
  }

const rules: readonly Rule[] = [
  ({ model_type: type }) =>
    modelTypes.some((known) => known === type)
      ? undefined
      : said('model_type', type ?? 'none', `a forward pass of its own; there are ${modelTypes.join(', ')}`),
  absent(['text_config', 'vision_config', 'audio_config'], 'a text model alone: export its language model by itself'),
  absent(['is_encoder_decoder'], 'an encoder and attention across'),
  absent(
    ['num_local_experts', 'num_experts', 'n_routed_experts'],
    'a graph that sends each token to some of the experts',
  ),
  absent(['kv_lora_rank'], 'attention over compressed keys and values'),
  absent(['quantization_config'], 'weights in plain floats: give the original checkpoint, not one that was quantised'),
  absent(['attn_logit_softcapping', 'final_logit_softcapping'], 'a tanh on logits'),
  ({ hidden_act: activation = 'silu' }) =>
    activation === 'silu' ? undefined : said('hidden_act', activation, 'another activation than SiLU'),
  (json) => {
    const parameters = isJson(json['rope_parameters']) ? json['rope_parameters'] : json
    const part = parameters['partial_rotary_factor'] ?? json['partial_rotary_factor'] ?? 1
    return part === 1 ? undefined : said('partial_rotary_factor', part, 'rotation of a part of each head')
  },
  (json) => {
    const kind = kindOf(json)
    const kinds = Object.keys(ropeNumbers).join(', ')
    return kind in ropeNumbers ? undefined : said('rope_type', kind, `this rotary scaling; there are ${kinds}`)
  },
  (json) => {
    const scaling = isJson(json['rope_scaling']) ? json['rope_scaling'] : json['rope_parameters']
    const missing = (ropeNumbers[kindOf(json)] ?? []).filter((name) => !isJson(scaling) || scaling[name] === undefined)
    return missing.length === 0 ? undefined : said('rope_scaling', 'incomplete', `the numbers ${missing.join(', ')}`)
  },
  ({ layer_types: types }) => {
    const named = Array.isArray(types) ? types.map(String) : []
    const other = named.find((type) => !/^(full|sliding)_attention$/.test(type))
    return other === undefined ? undefined : said('layer_types', other, 'another kind of attention')
  },
]

/** All that a config.json asks for and the graphs do not compute; empty for a model that is supported. */
export function unsupportedTraits(json: unknown): Trait[] {
  if (!isJson(json)) return [said('config.json', typeof json, 'an object')]
  return rules.flatMap((rule) => rule(json) ?? [])
}

function kindOf({ rope_parameters, rope_scaling }: Json): string {
  const parts = { rope_parameters, rope_scaling } as Pick<LlamaConfig, 'rope_scaling'>
  return ropeKind(parts as LlamaConfig)
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
