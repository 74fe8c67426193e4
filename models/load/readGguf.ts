import { TributaryError } from '../../kernel/index.ts'
import { FileCursor } from './FileCursor.ts'
import { ggmlTypes, type GgmlType } from './ggmlTypes.ts'

export type GgufValue = string | number | boolean | readonly string[] | Float64Array
export type GgufTensor = {
  /** Outermost first, as in safetensors (the file has them reversed). */
  readonly shape: readonly number[]
  readonly type: GgmlType
  readonly offset: number
  readonly bytes: number
}
export type Gguf = {
  readonly file: string
  readonly metadata: ReadonlyMap<string, GgufValue>
  readonly tensors: ReadonlyMap<string, GgufTensor>
}

const magic = 0x46554747
/** More tensors or metadata than any model has; keeps what is built in proportion to the file. */
const mostEntries = 1 << 16
const scalarBytes: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}

/**
 * The header of a GGUF file (versions 2 and 3): metadata, and where each tensor lies. Reads no weights.
 * Cost: one pass over the header. Source: docs/gguf.md of ggml.
 * Throws models/not-gguf, models/truncated, models/tensor-type, models/gguf-damaged.
 */
export function readGguf(file: string): Gguf {
  const cursor = new FileCursor(file)
  try {
    if (cursor.left < 4 || cursor.u32('magic') !== magic) {
      throw new TributaryError('This is not a GGUF file.', {
        code: 'models/not-gguf',
        facts: { file },
        tryThis: 'give a .gguf file, a .safetensors file or a folder with one',
      })
    }
    const version = cursor.u32('version')
    if (version !== 2 && version !== 3) damaged(cursor, `version ${version}`)
    const tensorCount = cursor.u64('number of tensors')
    const pairCount = cursor.u64('number of metadata pairs')
    if (tensorCount > mostEntries || pairCount > mostEntries)
      damaged(cursor, `${tensorCount} tensors, ${pairCount} pairs`)
    const metadata = new Map<string, GgufValue>()
    for (let i = 0; i < pairCount; i++) {
      const key = cursor.text('metadata key')
      if (metadata.has(key)) damaged(cursor, `${key.slice(0, 80)} twice`)
      metadata.set(key, readValue(cursor, cursor.u32('type')))
    }
    const found: { name: string; shape: number[]; type: GgmlType; offset: number; bytes: number }[] = []
    for (let i = 0; i < tensorCount; i++) found.push(readTensor(cursor))
    const alignment = metadata.get('general.alignment') ?? 32
    if (typeof alignment !== 'number' || !(alignment >= 1 && alignment <= 1 << 20)) damaged(cursor, 'the alignment')
    const dataAt = Math.ceil(cursor.at / alignment) * alignment
    const tensors = new Map<string, GgufTensor>()
    let end = 0
    for (const { name, offset, bytes } of found.toSorted((a, b) => a.offset - b.offset)) {
      if (offset < end || offset % alignment !== 0)
        damaged(cursor, `tensor ${name} overlaps another, or is not aligned`)
      end = offset + bytes
    }
    for (const { name, shape, type, offset, bytes } of found) {
      if (tensors.has(name)) damaged(cursor, `tensor ${name} twice`)
      if (dataAt + offset + bytes > cursor.size) cursor.need(dataAt + offset + bytes - cursor.at, `tensor ${name}`)
      tensors.set(name, { shape, type, offset: dataAt + offset, bytes })
    }
    return { file, metadata, tensors }
  } finally {
    cursor.close()
  }
}

function readTensor(cursor: FileCursor) {
  const name = cursor.text('tensor name')
  const rank = cursor.u32('rank')
  if (rank < 1 || rank > 4) damaged(cursor, `tensor ${name} of rank ${rank}`)
  const shape = Array.from({ length: rank }, () => cursor.u64('dimension')).toReversed()
  const typeNumber = cursor.u32('tensor type')
  const type = ggmlTypes[typeNumber]
  if (!type) {
    throw new TributaryError(`Tensor ${name} is stored in a format that this reader does not know.`, {
      code: 'models/tensor-type',
      facts: { file: cursor.file, tensor: name, ggmlType: typeNumber },
      tryThis: `convert the model to one of ${Object.values(ggmlTypes)
        .map((known) => known.name)
        .join(', ')}`,
    })
  }
  const count = shape.reduce((a, b) => a * b, 1)
  if (count === 0 || shape.at(-1)! % type.blockSize !== 0) damaged(cursor, `tensor ${name} of shape ${shape.join('x')}`)
  const bytes = (count / type.blockSize) * type.blockBytes
  if (!(bytes <= cursor.size)) cursor.need(bytes, `tensor ${name}`)
  return { name, shape, type, offset: cursor.u64('tensor offset'), bytes }
}

function readValue(cursor: FileCursor, type: number): GgufValue {
  if (type === 8) return cursor.text('metadata text')
  if (type === 7) return cursor.bytes(1, 'metadata flag')[0] !== 0
  if (type !== 9) return readNumber(cursor, type)
  const itemType = cursor.u32('type of a list')
  const length = cursor.u64('length of a list')
  if (itemType === 8) {
    cursor.need(8 * length, 'list of texts')
    const texts: string[] = []
    for (let i = 0; i < length; i++) texts.push(cursor.text('text of a list'))
    return texts
  }
  cursor.need((scalarBytes[itemType] ?? Number.POSITIVE_INFINITY) * length, 'list of numbers')
  // A list of bytes grows eightfold here; such lists are tiny in practice, so a long one is refused.
  if (8 * length > 4 * cursor.size) damaged(cursor, 'a list of numbers as long as the file')
  return Float64Array.from({ length }, () => readNumber(cursor, itemType))
}

function readNumber(cursor: FileCursor, type: number): number {
  const bytes = cursor.bytes(scalarBytes[type] ?? damaged(cursor, `metadata of type ${type}`), 'metadata number')
  switch (type) {
    case 0:
    case 7:
      return bytes.readUInt8()
    case 1:
      return bytes.readInt8()
    case 2:
      return bytes.readUInt16LE()
    case 3:
      return bytes.readInt16LE()
    case 4:
      return bytes.readUInt32LE()
    case 5:
      return bytes.readInt32LE()
    case 6:
      return bytes.readFloatLE()
    case 10:
      return Number(bytes.readBigUInt64LE())
    case 11:
      return Number(bytes.readBigInt64LE())
    default:
      return bytes.readDoubleLE()
  }
}

function damaged(cursor: FileCursor, what: string): never {
  throw new TributaryError(`The GGUF file is damaged: ${what}.`, {
    code: 'models/gguf-damaged',
    facts: { file: cursor.file, atByte: cursor.at, what },
    tryThis: 'fetch the file again and compare its sha-256',
  })
}
