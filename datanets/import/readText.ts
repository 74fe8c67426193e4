import { readFile, stat } from 'node:fs/promises'
import { findError } from '../../kernel/index.ts'
import { badInput } from './badInput.ts'

/**
 * The bytes of one file. Throws datanets/missing, datanets/empty, datanets/oversize, datanets/not-a-file or
 * datanets/unreadable; `file` is the name to show.
 */
export async function readBytes(path: string, file: string, maxBytes: number): Promise<Uint8Array> {
  const place = { file }
  try {
    const { size } = await stat(path).then((found) => {
      if (found.isFile()) return found
      throw badInput('datanets/not-a-file', 'is not a file.', { place, tryThis: 'name a file that holds samples' })
    })
    if (size === 0) {
      throw badInput('datanets/empty', 'the file is empty.', { place, tryThis: 'name a file that holds samples' })
    }
    if (size > maxBytes) {
      throw badInput('datanets/oversize', `the file has ${size} bytes, more than ${maxBytes}.`, {
        place,
        facts: { bytes: size, maxBytes },
        tryThis: 'split the file and import the parts one after the other',
      })
    }
    return await readFile(path)
  } catch (error) {
    if (findError(error)) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw badInput('datanets/missing', 'there is no such file or folder.', {
        place,
        tryThis: 'check the path',
        cause: error,
      })
    }
    throw badInput('datanets/unreadable', `the file can't be read (${code ?? 'unknown reason'}).`, {
      place,
      tryThis: 'check the permissions of the file',
      cause: error,
    })
  }
}

/**
 * UTF-8 text of bytes, without a byte order mark. Throws datanets/binary for a NUL byte and datanets/not-utf8 for a
 * wrong sequence, with line and column of the first one, and datanets/empty for white space alone.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const nul = bytes.indexOf(0)
  if (nul !== -1) {
    throw badInput('datanets/binary', 'the file is binary, not text.', {
      place: { file, ...position(bytes, nul) },
      tryThis: 'import JSONL, CSV, Parquet (with its .parquet ending), Markdown or plain text',
    })
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw badInput('datanets/not-utf8', 'the text is not UTF-8.', {
      place: { file, ...position(bytes, firstBadByte(bytes)) },
      tryThis: 'save the file as UTF-8',
      cause,
    })
  }
  if (text.trim() === '') {
    throw badInput('datanets/empty', 'the file holds nothing but white space.', {
      place: { file },
      tryThis: 'name a file that holds samples',
    })
  }
  return text
}

function firstBadByte(bytes: Uint8Array): number {
  // Everything before the first wrong sequence decodes; bisecting on "this prefix decodes, but for a cut last character".
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      good = middle
    } catch {
      bad = middle
    }
  }
  return good
}

function position(bytes: Uint8Array, at: number): { line: number; column: number } {
  let line = 1
  let start = 0
  for (let i = bytes.indexOf(10); i !== -1 && i < at; i = bytes.indexOf(10, i + 1)) {
    line++
    start = i + 1
  }
  const before = new TextDecoder().decode(bytes.subarray(start, at))
  return { line, column: before.length + 1 }
}
