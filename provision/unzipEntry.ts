import { createInflateRaw, crc32 } from 'node:zlib'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { PassThrough, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TributaryError } from '../kernel/index.ts'

type Entry = { name: string; method: number; crc: number; packedBytes: number; bytes: number; headerAt: number }

/**
 * Writes one entry of a zip file to `into`, streamed: a wheel is a zip, and this needs no library.
 * Stored and deflated entries below 4 GiB; checked by length and CRC-32.
 * Throws provision/zip when the file is no such zip, lacks the entry, or its bytes are damaged.
 */
export async function unzipEntry(zipFile: string, wanted: (name: string) => boolean, into: string): Promise<string> {
  const file = await open(zipFile)
  let entry: Entry | undefined
  let dataAt: number
  try {
    entry = (await readDirectory(file, zipFile)).find(({ name }) => wanted(name))
    if (entry === undefined) throw damaged(zipFile, 'the entry is not in it')
    const header = await read(file, entry.headerAt, 30, zipFile)
    if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(zipFile, 'no local header where the directory says')
    dataAt = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  } finally {
    await file.close()
  }
  let crc = 0
  let bytes = 0
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const packed = createReadStream(zipFile, { start: dataAt, end: dataAt + entry.packedBytes - 1 })
  const unpack = entry.method === 8 ? createInflateRaw() : new PassThrough()
  try {
    await pipeline(packed, unpack, check, createWriteStream(into))
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw damaged(zipFile, 'deflate', error)
    throw error
  }
  if (bytes !== entry.bytes || crc !== entry.crc) throw damaged(zipFile, `${entry.name} has other bytes`)
  return entry.name
}

async function readDirectory(file: FileHandle, zipFile: string): Promise<Entry[]> {
  const { size } = await file.stat()
  const tail = await read(file, Math.max(0, size - 65_557), Math.min(size, 65_557), zipFile)
  const endAt = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (endAt < 0 || endAt + 22 > tail.length) throw damaged(zipFile, 'no directory at its end')
  const directory = await read(file, tail.readUInt32LE(endAt + 16), tail.readUInt32LE(endAt + 12), zipFile)
  const entries: Entry[] = []
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    const nameBytes = directory.readUInt16LE(at + 28)
    const method = directory.readUInt16LE(at + 10)
    const name = directory.toString('utf8', at + 46, at + 46 + nameBytes)
    const [packedBytes, bytes, headerAt] = [20, 24, 42].map((offset) => directory.readUInt32LE(at + offset))
    if (method === 0 || method === 8) {
      entries.push({
        name,
        method,
        crc: directory.readUInt32LE(at + 16),
        packedBytes: packedBytes ?? 0,
        bytes: bytes ?? 0,
        headerAt: headerAt ?? 0,
      })
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
  }
  return entries
}

async function read(file: FileHandle, from: number, length: number, zipFile: string): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  if (bytesRead !== length) throw damaged(zipFile, 'it is cut off')
  return buffer
}

function damaged(file: string, reason: string, cause?: unknown): TributaryError {
  return new TributaryError('A zip file is damaged.', {
    code: 'provision/zip',
    facts: { file, reason },
    tryThis: 'fetch it again',
    retry: true,
    ...(cause === undefined ? {} : { cause }),
  })
}
