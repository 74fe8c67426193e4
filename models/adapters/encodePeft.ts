import { digestBytes, digestOf, type Digest } from '../../kernel/index.ts'
import { projectionName } from '../graph/index.ts'
import { safetensorsHeader } from '../load/safetensorsHeader.ts'
import type { Adapter } from './Adapter.ts'
import type { AdapterLayout, AdapterModule } from './AdapterLayout.ts'
import { peftTensors, transposeInto } from './peftTensors.ts'

export type PeftFiles = { readonly weights: Uint8Array; readonly config: Uint8Array }

/** adapter_model.safetensors and adapter_config.json of an adapter: the same numbers give the same bytes everywhere. */
export function encodePeft({ layout, theta }: Adapter, { baseName }: { baseName: string }): PeftFiles {
  const tensors = peftTensors(layout)
  const data = new Float32Array(layout.length)
  let at = 0
  for (const { shape, offset } of tensors) {
    transposeInto(data, at, theta, offset, shape[1], shape[0])
    at += shape[0] * shape[1]
  }
  const places = placesOf(layout)
  const config = {
    alpha_pattern: pattern(layout, 'alpha'),
    base_model_name_or_path: baseName,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: places.layers ? 'layers' : null,
    layers_to_transform: places.layers,
    lora_alpha: layout.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: layout.rank,
    rank_pattern: pattern(layout, 'rank'),
    target_modules: places.modules,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: layout.rsLora,
  }
  return {
    weights: Buffer.concat([safetensorsHeader(tensors, { metadata: { format: 'pt' } }), Buffer.from(data.buffer)]),
    config: Buffer.from(`${JSON.stringify(config, null, 2)}\n`),
  }
}

/** The same blocks for every target: targets and blocks. Else the full name of each projection. */
function placesOf({ modules, targets }: AdapterLayout): { modules: readonly string[]; layers: number[] | null } {
  const layersOf = (target: string): number[] =>
    modules.flatMap((module) => (module.target === target ? [module.layer] : []))
  const layers = layersOf(targets[0] as string)
  if (targets.every((target) => layersOf(target).join() === layers.join())) return { modules: targets, layers }
  return { modules: modules.map(nameOf), layers: null }
}

/** By full name: no entry can mean another module than its own. */
function pattern({ modules, ...defaults }: AdapterLayout, field: 'rank' | 'alpha'): Record<string, number> {
  const own = modules.filter((module) => module[field] !== defaults[field])
  return Object.fromEntries(own.map((module) => [nameOf(module), module[field]]))
}

function nameOf({ layer, target }: AdapterModule): string {
  return projectionName(layer, target)
}

/** What an adapter is called everywhere: the digest of both its files' sha-256. */
export function peftDigest({ weights, config }: PeftFiles): Digest {
  return digestOf({ weights: digestBytes(weights), config: digestBytes(config) })
}

/** The digest that `writePeft` would give, without writing. */
export function adapterDigest(adapter: Adapter, options: { baseName: string }): Digest {
  return peftDigest(encodePeft(adapter, options))
}
