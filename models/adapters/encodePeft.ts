import { digestBytes, digestOf, type Digest } from '../../kernel/index.ts'
import { safetensorsHeader } from '../load/safetensorsHeader.ts'
import type { Adapter } from './Adapter.ts'
import { peftTensors, transposeInto } from './peftTensors.ts'

export type PeftFiles = { readonly weights: Uint8Array; readonly config: Uint8Array }

/** adapter_model.safetensors and adapter_config.json of an adapter: the same numbers give the same bytes everywhere. */
export function encodePeft({ layout, theta }: Adapter, { baseName }: { baseName: string }): PeftFiles {
  const tensors = peftTensors(layout)
  const data = new Float32Array(layout.length)
  let at = 0
  for (const { part, offset } of tensors) {
    transposeInto(data, at, theta, offset, part.rows, part.columns)
    at += part.rows * part.columns
  }
  const config = {
    alpha_pattern: {},
    base_model_name_or_path: baseName,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: 'layers',
    layers_to_transform: Array.from({ length: layout.layers }, (_, i) => layout.fromLayer + i),
    lora_alpha: layout.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: layout.rank,
    rank_pattern: {},
    target_modules: layout.targets,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  }
  return {
    weights: Buffer.concat([safetensorsHeader(tensors, { metadata: { format: 'pt' } }), Buffer.from(data.buffer)]),
    config: Buffer.from(`${JSON.stringify(config, null, 2)}\n`),
  }
}

/** What an adapter is called everywhere: the digest of both its files' sha-256. */
export function peftDigest({ weights, config }: PeftFiles): Digest {
  return digestOf({ weights: digestBytes(weights), config: digestBytes(config) })
}

/** The digest that `writePeft` would give, without writing. */
export function adapterDigest(adapter: Adapter, options: { baseName: string }): Digest {
  return peftDigest(encodePeft(adapter, options))
}
