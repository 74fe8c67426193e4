import { basename } from 'node:path'
import { TributaryError } from '../../kernel/index.ts'
import type { WeightIndex } from '../graph/index.ts'
import { FileCursor } from './FileCursor.ts'
import { parseTensorTable, type TensorLine } from './parseTensorTable.ts'

/** Bytes of a number in each format that a model may come in. */
const floatFormats: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 }

/**
 * Where each tensor of a safetensors file lies; reads no weights.
 * Every range is checked against the file and against shape and type, and together they cover the data once, without
 * overlap or gap, as the format wants it.
 * `formats` are those that the file may use, with the bytes of a number; the floating-point ones unless given.
 * Throws models/truncated, models/safetensors-damaged, models/tensor-type.
 */
export function readSafetensors(file: string, formats = floatFormats): WeightIndex {
  const cursor = new FileCursor(file)
  try {
    const length = cursor.u64('header length')
    const header = parseHeader(cursor.bytes(length, 'header').toString('utf8'), file)
    const dataAt = 8 + length
    const entries: WeightIndex['entries'] = Object.create(null) as WeightIndex['entries']
    let end = 0
    for (const [name, { dtype, shape, range }] of [...header].toSorted(byPlace)) {
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
      if (range[0] !== end) throw damaged(file, `tensor ${name} overlaps another, or leaves a gap before it`)
      if (dataAt + range[1] > cursor.size) cursor.need(dataAt + range[1] - cursor.at, `tensor ${name}`)
      end = range[1]
    }
    if (dataAt + end !== cursor.size) throw damaged(file, 'it has more bytes than its tensors')
    for (const [name, { dtype, shape, range }] of header) {
      entries[name] = { dtype, shape, offset: dataAt + range[0], length: range[1] - range[0] }
    }
    return { location: basename(file), entries }
  } finally {
    cursor.close()
  }
}

const byPlace = ([, a]: [string, TensorLine], [, b]: [string, TensorLine]): number =>
  a.range[0] - b.range[0] || a.range[1] - b.range[1]

function parseHeader(text: string, file: string): Map<string, TensorLine> {
  try {
    return parseTensorTable(text)
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : 'the header', cause)
  }
}

function damaged(file: string, what: string, cause?: unknown): TributaryError {
  return new TributaryError(`The safetensors file is damaged: ${what}.`, {
    code: 'models/safetensors-damaged',
    facts: { file, what },
    tryThis: 'fetch the file again and compare its sha-256',
    cause,
  })
}
