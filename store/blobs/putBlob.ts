import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { digestString, TributaryError, type Digest } from '../../kernel/index.ts'
import type { BlobFiles } from './blobFiles.ts'

type Place = { unfinished: string; path: (digest: Digest) => string; files: BlobFiles }

/** Write to a temporary name, sync, rename to the digest; on any failure leave nothing behind. */
export async function putBlob(
  { unfinished, path, files }: Place,
  source: Uint8Array | { path: string },
): Promise<Digest> {
  const temporary = join(unfinished, randomBytes(12).toString('hex'))
  try {
    const digest = await writeHashed(files, temporary, source)
    const target = path(digest)
    // The same name has the same bytes: but only a file of the right length is surely not a damaged one.
    const [stored, fresh] = await Promise.all([sizeOf(target), sizeOf(temporary)])
    if (stored === fresh) {
      await files.remove(temporary)
      return digest
    }
    await mkdir(dirname(target), { recursive: true })
    await files.rename(temporary, target)
    await files.syncFolder(dirname(target))
    return digest
  } catch (failure) {
    await files.remove(temporary)
    throw isFull(failure) ? full(unfinished, failure) : failure
  }
}

async function writeHashed(
  files: BlobFiles,
  temporary: string,
  source: Uint8Array | { path: string },
): Promise<Digest> {
  const hash = createHash('sha256')
  const file = await files.create(temporary)
  try {
    const chunks: AsyncIterable<Uint8Array> | Uint8Array[] =
      source instanceof Uint8Array ? [source] : createReadStream(source.path)
    for await (const bytes of chunks) {
      hash.update(bytes)
      await file.write(bytes)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return digestString.parse(`0x${hash.digest('hex')}`)
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch {
    return undefined
  }
}

function isFull(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && (failure.code === 'ENOSPC' || failure.code === 'EDQUOT')
}

function full(dir: string, cause: unknown): TributaryError {
  return new TributaryError('The disk is full; nothing was stored.', {
    code: 'blobs/disk-full',
    facts: { dir: dirname(dir) },
    tryThis: 'free some space, then run the same again',
    retry: true,
    cause,
  })
}
