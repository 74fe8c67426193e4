import { basename } from 'node:path'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import type { WeightIndex } from '../graph/index.ts'
import { FileCursor } from './FileCursor.ts'

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})
const headerSchema = z.record(z.string(), z.unknown())

/** Bytes of a number in each format that a model may come in. */
const floatFormats: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 }

/**
 * Where each tensor of a safetensors file lies; reads no weights.
 * Every range is checked against the file and against shape and type.
 * `formats` are those that the file may use, with the bytes of a number; the floating-point ones unless given.
 * Throws models/truncated, models/safetensors-damaged, models/tensor-type.
 */
export function readSafetensors(file: string, formats = floatFormats): WeightIndex {
  const cursor = new FileCursor(file)
  try {
    const length = cursor.u64('header length')
    const header = parseHeader(cursor.bytes(length, 'header').toString('utf8'), file)
    const dataAt = 8 + length
    const entries: WeightIndex['entries'] = {}
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') continue
      const parsed = entrySchema.safeParse(value)
      if (!parsed.success) throw damaged(file, `the entry of ${name}`)
      const { dtype, shape, data_offsets: range } = parsed.data
      const size = formats[dtype]
      if (size === undefined) {
        throw new TributaryError(`Tensor ${name} is stored in a format that this reader does not know.`, {
          code: 'models/tensor-type',
          facts: { file, tensor: name, dtype },
          tryThis: `convert it to one of ${Object.keys(formats).join(', ')}`,
        })
      }
      const bytes = shape.reduce((a, b) => a * b, size)
      if (range[1] - range[0] !== bytes) throw damaged(file, `tensor ${name} has another length than its shape`)
      if (dataAt + range[1] > cursor.size) cursor.need(dataAt + range[1] - cursor.at, `tensor ${name}`)
      entries[name] = { dtype, shape, offset: dataAt + range[0], length: bytes }
    }
    return { location: basename(file), entries }
  } finally {
    cursor.close()
  }
}

function parseHeader(text: string, file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw damaged(file, 'the header is not JSON', cause)
  }
  const parsed = headerSchema.safeParse(value)
  if (!parsed.success || Array.isArray(value)) throw damaged(file, 'the header is not an object')
  return parsed.data
}

function damaged(file: string, what: string, cause?: unknown): TributaryError {
  return new TributaryError(`The safetensors file is damaged: ${what}.`, {
    code: 'models/safetensors-damaged',
    facts: { file, what },
    tryThis: 'fetch the file again and compare its sha-256',
    cause,
  })
}
