import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TributaryError, type Digest, type Facts } from '../../kernel/index.ts'
import type { LlamaConfig } from '../graph/index.ts'
import { readSafetensors } from '../load/readSafetensors.ts'
import type { Adapter } from './Adapter.ts'
import { peftDigest } from './encodePeft.ts'
import { floatsOf } from './floatsOf.ts'
import { parsePeftConfig } from './peftConfig.ts'
import { peftLayout } from './peftLayout.ts'
import { peftTensors, transposeInto } from './peftTensors.ts'
import { peftFiles } from './writePeft.ts'

/**
 * Reads a PEFT LoRA folder made for a model of this config, by PEFT or by writePeft: any of the seven projections in any
 * blocks, ranks and alphas by pattern, rsLoRA; float32, float16 or bfloat16.
 * Refuses what the engine would compute differently, unknown or missing tensors, wrong shapes, and numbers that are not
 * finite. Allocates nothing before the tensors fit the configuration.
 * Throws models/adapter-missing, models/adapter-config, models/adapter-dora, models/adapter-pattern,
 * models/adapter-tensor, models/not-finite, and what readSafetensors throws.
 */
export async function readPeft(dir: string, config: LlamaConfig): Promise<Adapter & { digest: Digest }> {
  const [weights, configBytes] = await Promise.all([read(dir, peftFiles.weights), read(dir, peftFiles.config)])
  const layout = peftLayout(parsePeftConfig(parseJson(configBytes), dir), config, dir)
  const { entries } = readSafetensors(join(dir, peftFiles.weights))
  const tensors = peftTensors(layout)
  const known = new Set(tensors.map(({ name }) => name))
  const extra = Object.keys(entries).find((name) => !known.has(name))
  if (extra !== undefined) {
    throw refuse('models/adapter-tensor', 'The adapter holds a tensor that its config does not name.', { dir, extra })
  }
  for (const { name, shape } of tensors) {
    const entry = entries[name]
    if (entry?.shape.length === 2 && entry.shape.every((size, i) => size === shape[i])) continue
    throw refuse('models/adapter-tensor', `The adapter lacks tensor ${name} of the right shape.`, {
      dir,
      tensor: name,
      found: entry ? entry.shape.join('x') : 'nothing',
      wanted: shape.join('x'),
    })
  }
  const theta = new Float32Array(layout.length)
  for (const { name, shape, offset } of tensors) {
    const data = floatsOf(weights, entries[name]!)
    const bad = data.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) {
      throw refuse('models/not-finite', `Tensor ${name} holds a number that is not finite.`, {
        dir,
        tensor: name,
        at: bad,
      })
    }
    transposeInto(theta, offset, data, 0, shape[0], shape[1])
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
  const tryThis = 'give a folder with a whole PEFT LoRA (adapter_model.safetensors, adapter_config.json)'
  return new TributaryError(message, { code, facts, tryThis, cause })
}
