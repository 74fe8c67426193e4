import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import { FileCursor } from './FileCursor.ts'
import { halfFloats } from './halfFloat.ts'
import {
  llamaFromGguf,
  rotaryHeads,
  safetensorsName,
  unpermuteRotary,
  type HuggingFaceConfig,
} from './llamaFromGguf.ts'
import { parseConfig } from './parseConfig.ts'
import { readGguf } from './readGguf.ts'
import { readSafetensors } from './readSafetensors.ts'
import { tokenizerFromGguf } from './tokenizerFromGguf.ts'

export type SourceTensor = { readonly name: string; readonly shape: readonly number[]; read(): Float32Array }

/** A base model as it comes, in any supported form. `close` ends its hold on files. */
export type WeightSource = {
  readonly config: HuggingFaceConfig
  readonly tokenizer: unknown
  readonly tokenizerConfig: unknown
  readonly tensors: readonly SourceTensor[]
  close(): void
}

/** Tensors are decoded one at a time, as float32, under the names of safetensors files. Throws as readGguf does. */
export function ggufSource(file: string): WeightSource {
  const gguf = readGguf(file)
  const config = llamaFromGguf(gguf)
  const { tokenizer, tokenizerConfig } = tokenizerFromGguf(gguf)
  const cursor = new FileCursor(file)
  const tensors = [...gguf.tensors].map(([name, tensor]): SourceTensor => ({
    name: safetensorsName(gguf, name),
    shape: tensor.shape,
    read: () => {
      const bytes = Buffer.allocUnsafe(tensor.bytes)
      cursor.readAt(bytes, tensor.offset, `tensor ${name}`)
      const out = new Float32Array(tensor.shape.reduce((a, b) => a * b, 1))
      tensor.type.decode(bytes, out)
      const heads = rotaryHeads(config, name)
      return heads === 0 ? out : unpermuteRotary(out, { rows: tensor.shape[0]!, heads })
    },
  }))
  return { config, tokenizer, tokenizerConfig, tensors, close: () => cursor.close() }
}

/** A folder with config.json, tokenizer.json, tokenizer_config.json and the given safetensors files. */
export function safetensorsSource(dir: string, files: readonly string[]): WeightSource {
  const json = (name: string): unknown => readJson(join(dir, name))
  const cursors: FileCursor[] = []
  const tensors = files.flatMap((name) => {
    const index = readSafetensors(join(dir, name))
    const cursor = new FileCursor(join(dir, name))
    cursors.push(cursor)
    return Object.entries(index.entries).map(([tensor, entry]): SourceTensor => ({
      name: tensor,
      shape: entry.shape,
      read: () => {
        const bytes = Buffer.allocUnsafe(entry.length)
        cursor.readAt(bytes, entry.offset, `tensor ${tensor}`)
        return toFloat32(bytes, entry.dtype)
      },
    }))
  })
  return {
    config: parseConfig(json('config.json'), join(dir, 'config.json')),
    tokenizer: json('tokenizer.json'),
    tokenizerConfig: json('tokenizer_config.json'),
    tensors,
    close: () => cursors.forEach((cursor) => cursor.close()),
  }
}

function toFloat32(bytes: Buffer, dtype: string): Float32Array {
  if (dtype === 'F32') {
    const out = new Float32Array(bytes.length / 4)
    new Uint8Array(out.buffer).set(bytes)
    return out
  }
  const out = new Float32Array(bytes.length / 2)
  if (dtype === 'F16') {
    const half = halfFloats()
    for (let i = 0; i < out.length; i++) out[i] = half[bytes.readUInt16LE(2 * i)]!
    return out
  }
  // bfloat16 is the upper half of a float32.
  const bits = new Uint32Array(out.buffer)
  for (let i = 0; i < bits.length; i++) bits[i] = bytes.readUInt16LE(2 * i) << 16
  return out
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new TributaryError('A file of the base model is missing or not JSON.', {
      code: 'models/base-incomplete',
      facts: { file },
      tryThis: 'a base folder needs *.safetensors, config.json, tokenizer.json and tokenizer_config.json',
      cause,
    })
  }
}
