import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TributaryError, type Digest, type Facts } from '../../kernel/index.ts'
import { allTargets, type LlamaConfig, type Target } from '../graph/index.ts'
import { readSafetensors } from '../load/readSafetensors.ts'
import type { Adapter } from './Adapter.ts'
import { adapterLayout } from './AdapterLayout.ts'
import { peftDigest } from './encodePeft.ts'
import { peftTensors, transposeInto } from './peftTensors.ts'
import { peftFiles } from './writePeft.ts'

const configSchema = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.int().min(1).max(1_024),
  lora_alpha: z.number().positive(),
  target_modules: z.array(z.string()).min(1),
  layers_to_transform: z.array(z.int().min(0)).min(1).nullish(),
  bias: z.literal('none').default('none'),
  fan_in_fan_out: z.literal(false).default(false),
  use_dora: z.literal(false).default(false),
  use_rslora: z.literal(false).default(false),
  modules_to_save: z.null().optional(),
  rank_pattern: z.record(z.string(), z.never()).default({}),
  alpha_pattern: z.record(z.string(), z.never()).default({}),
})

/**
 * Reads a PEFT LoRA folder (float32) made for a model of this config.
 * Refuses what the engine would compute differently (DoRA, per-module ranks, blocks that are not the last ones),
 * unknown or missing tensors, wrong shapes, and numbers that are not finite.
 * Throws models/adapter-missing, models/adapter-config, models/adapter-tensor, models/not-finite, and what
 * readSafetensors throws.
 */
export async function readPeft(dir: string, config: LlamaConfig): Promise<Adapter & { digest: Digest }> {
  const [weights, configBytes] = await Promise.all([read(dir, peftFiles.weights), read(dir, peftFiles.config)])
  const parsed = configSchema.safeParse(parseJson(configBytes))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refuse('models/adapter-config', 'The adapter is of a kind that is not supported.', {
      dir,
      problem: `${issue?.path.join('.')}: ${issue?.message}`,
    })
  }
  const { r: rank, lora_alpha: alpha, target_modules, layers_to_transform: chosen } = parsed.data
  const targets = target_modules.map((name): Target => {
    const target = allTargets.find((known) => known === name)
    if (!target)
      throw refuse('models/adapter-config', 'The adapter changes a projection that a Llama lacks.', { dir, name })
    return target
  })
  const fromLayer = Math.min(...(chosen ?? [0]))
  const layers = config.num_hidden_layers - fromLayer
  if (chosen && (layers < 1 || chosen.length !== layers || new Set(chosen).size !== layers)) {
    throw refuse('models/adapter-config', 'The adapted blocks must be the last ones of the model.', { dir, chosen })
  }
  const layout = adapterLayout(config, { rank, alpha, targets, fromLayer })
  const { entries } = readSafetensors(join(dir, peftFiles.weights))
  const tensors = peftTensors(layout)
  const extra = Object.keys(entries).find((name) => !tensors.some((tensor) => tensor.name === name))
  if (extra !== undefined) {
    throw refuse('models/adapter-tensor', 'The adapter holds a tensor that its config does not name.', { dir, extra })
  }
  const theta = new Float32Array(layout.length)
  for (const { name, shape, part, offset } of tensors) {
    const entry = entries[name]
    if (entry?.dtype !== 'F32' || entry.shape.length !== 2 || entry.shape.some((size, i) => size !== shape[i])) {
      throw refuse('models/adapter-tensor', `The adapter lacks tensor ${name} of the right shape and type.`, {
        dir,
        tensor: name,
        found: entry ? `${entry.dtype} ${entry.shape.join('x')}` : 'nothing',
        wanted: `F32 ${shape.join('x')}`,
      })
    }
    const bytes = new Uint8Array(entry.length)
    bytes.set(weights.subarray(entry.offset, entry.offset + entry.length))
    const data = new Float32Array(bytes.buffer)
    const bad = data.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) {
      throw refuse('models/not-finite', `Tensor ${name} holds a number that is not finite.`, {
        dir,
        tensor: name,
        at: bad,
      })
    }
    transposeInto(theta, offset, data, 0, part.columns, part.rows)
  }
  return { layout, theta, digest: peftDigest({ weights, config: configBytes }) }
}

async function read(dir: string, name: string): Promise<Buffer> {
  return readFile(join(dir, name)).catch((cause: unknown) => {
    throw refuse('models/adapter-missing', 'There is no adapter here.', { dir, file: name }, cause)
  })
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function refuse(code: `models/${string}`, message: string, facts: Facts, cause?: unknown): TributaryError {
  const tryThis = 'give a folder with a PEFT LoRA in float32 (adapter_model.safetensors, adapter_config.json)'
  return new TributaryError(message, { code, facts, tryThis, cause })
}
