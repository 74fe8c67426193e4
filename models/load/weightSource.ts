import { join } from 'node:path'
import { chatTemplate } from './chatTemplate.ts'
import { FileCursor } from './FileCursor.ts'
import { halfFloats } from './halfFloat.ts'
import type { HuggingFaceConfig } from './HuggingFaceConfig.ts'
import { llamaFromGguf, rotaryHeads, safetensorsName, unpermuteRotary } from './llamaFromGguf.ts'
import { parseConfig } from './parseConfig.ts'
import { pieces } from './pieces.ts'
import { readGguf } from './readGguf.ts'
import { readJsonFile, tokenizerBytes } from './readJsonFile.ts'
import { readSafetensors } from './readSafetensors.ts'
import { tokenizerFromGguf } from './tokenizerFromGguf.ts'
import { checkShards, weightFiles, type WeightFiles } from './weightFiles.ts'

export type SourceTensor = {
  readonly name: string
  readonly shape: readonly number[]
  /** As it is stored: F32, BF16, Q4_1 and the like. */
  readonly dtype: string
  /** Its numbers as float32, in order, some rows at a time. */
  pieces(): Iterable<Float32Array>
}

/** A base model as it comes, in any supported form. `close` ends its hold on files. */
export type WeightSource = {
  readonly config: HuggingFaceConfig
  readonly tokenizer: unknown
  readonly tokenizerConfig: unknown
  readonly tensors: readonly SourceTensor[]
  close(): void
}

/** Tensors are decoded as they are read, to float32, under the names of safetensors files. Throws as readGguf does. */
export function ggufSource(file: string): WeightSource {
  const gguf = readGguf(file)
  const config = llamaFromGguf(gguf)
  // What a base folder must not hold is refused before one is written.
  parseConfig(config, file)
  const { tokenizer, tokenizerConfig } = tokenizerFromGguf(gguf)
  const cursor = new FileCursor(file)
  const tensors = [...gguf.tensors].map(([name, tensor]): SourceTensor => ({
    name: safetensorsName(gguf, name),
    shape: tensor.shape,
    dtype: tensor.type.name,
    pieces: () => {
      const { shape, type, offset } = tensor
      const heads = rotaryHeads(config, name)
      const columns = shape.slice(1).reduce((a, b) => a * b, 1)
      const step = heads === 0 ? 1 : shape[0]! / heads
      return pieces(shape, step, (first, count) => {
        const bytesOf = (rows: number): number => ((rows * columns) / type.blockSize) * type.blockBytes
        const bytes = Buffer.allocUnsafe(bytesOf(count))
        cursor.readAt(bytes, offset + bytesOf(first), `tensor ${name}`)
        const out = new Float32Array(count * columns)
        type.decode(bytes, out)
        return heads === 0 ? out : unpermuteRotary(out, { rows: count, heads: count / step })
      })
    },
  }))
  return { config, tokenizer, tokenizerConfig, tensors, close: () => cursor.close() }
}

export type FolderOptions = { weights?: WeightFiles; chatTemplateFile?: string | undefined }

/**
 * A folder with config.json, tokenizer.json, tokenizer_config.json and safetensors files, in shards or one.
 * Throws models/base-incomplete, models/architecture, models/shards, models/chat-template, and as readSafetensors does.
 */
export function safetensorsSource(
  dir: string,
  { weights = weightFiles(dir), chatTemplateFile }: FolderOptions = {},
): WeightSource {
  const config = parseConfig(readJsonFile(join(dir, 'config.json')), join(dir, 'config.json'))
  const tokenizer = readJsonFile(join(dir, 'tokenizer.json'), tokenizerBytes)
  const tokenizerConfig = readJsonFile(join(dir, 'tokenizer_config.json'))
  const indexes = weights.files.map((file) => ({ file, entries: readSafetensors(join(dir, file)).entries }))
  const placed = indexes.flatMap(({ file, entries }) => Object.keys(entries).map((name) => ({ name, file })))
  checkShards(dir, weights, placed)
  const cursors: FileCursor[] = []
  const tensors = indexes.flatMap(({ file, entries }) => {
    const cursor = new FileCursor(join(dir, file))
    cursors.push(cursor)
    return Object.entries(entries).map(([name, { dtype, shape, length, offset }]): SourceTensor => ({
      name,
      shape,
      dtype,
      pieces: () => {
        const rowBytes = length / (shape[0] || 1)
        return pieces(shape, 1, (first, count) => {
          const bytes = Buffer.allocUnsafe(count * rowBytes)
          cursor.readAt(bytes, offset + first * rowBytes, `tensor ${name}`)
          return toFloat32(bytes, dtype)
        })
      },
    }))
  })
  return {
    config,
    tokenizer,
    tokenizerConfig: withTemplate(tokenizerConfig, chatTemplate(dir, tokenizerConfig, chatTemplateFile)),
    tensors,
    close: () => cursors.forEach((cursor) => cursor.close()),
  }
}

/** The template as one text in the config, where it is not so already: a base folder keeps it there. */
function withTemplate(config: unknown, template: string): unknown {
  const object = config as { chat_template?: unknown }
  return object.chat_template === template ? config : { ...object, chat_template: template }
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
