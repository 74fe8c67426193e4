import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TributaryError, type Digest } from '../kernel/index.ts'

export type DownloadOptions = {
  url: string
  into: string
  /** Without one the caller compares the file itself. */
  digest?: Digest
  /** A connection that gives no byte for so long is cut. */
  idleMs?: number
  /** How often a cut transfer is taken up again where it stopped. */
  attempts?: number
}

/**
 * Downloads a file over HTTP(S) with fetch: what a cut transfer left in `<into>.part` is gone on with by a Range
 * request, and the whole must have the digest before it gets its name.
 * Throws provision/download (status or reason, bytes so far), provision/digest.
 */
export async function downloadFile({
  url,
  into,
  digest,
  idleMs = 30_000,
  attempts = 3,
}: DownloadOptions): Promise<void> {
  const part = `${into}.part`
  await mkdir(dirname(into), { recursive: true })
  let reason: unknown
  for (let attempt = 0; attempt < attempts; attempt++) {
    try {
      const found = await transfer(url, part, idleMs)
      if (digest === undefined || found === digest) return await rename(part, into)
      await rm(part, { force: true })
      throw new TributaryError('A downloaded file has other bytes than the pinned ones.', {
        code: 'provision/digest',
        facts: { url, expected: digest, found },
        tryThis: 'run the same command again; if it stays, the server serves another file',
        retry: true,
      })
    } catch (error) {
      if (error instanceof TributaryError && !error.retry) throw error
      reason = error
    }
  }
  if (reason instanceof TributaryError) throw reason
  throw new TributaryError('A download failed.', {
    code: 'provision/download',
    facts: { url, reason: messageOf(reason), bytesSoFar: await sizeOf(part), attempts },
    tryThis: 'check the network and run the same command again: it goes on where it stopped',
    retry: true,
    cause: reason,
  })
}

/** One request; returns the digest of the whole file when the server has sent all of it. */
async function transfer(url: string, part: string, idleMs: number): Promise<string> {
  const have = await sizeOf(part)
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(new Error(`no byte for ${idleMs} ms`)), idleMs)
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {}
  try {
    const response = await fetch(url, { headers, signal: silence.signal })
    const resumed = have > 0 && response.status === 206
    if (response.status === 416) await rm(part, { force: true })
    if (!response.ok || response.body === null) {
      throw new TributaryError('The server does not give the file.', {
        code: 'provision/download',
        facts: { url, status: response.status },
        tryThis: 'check the address and the network',
        retry: response.status === 416 || response.status === 429 || response.status >= 500,
      })
    }
    const hash = createHash('sha256')
    if (resumed) for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) hash.update(chunk)
    const tap = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(new Error(`no byte for ${idleMs} ms`)), idleMs)
        hash.update(chunk)
        done(null, chunk)
      },
    })
    const body = Readable.fromWeb(response.body)
    await pipeline(body, tap, createWriteStream(part, { flags: resumed ? 'a' : 'w' }))
    return `0x${hash.digest('hex')}`
  } finally {
    clearTimeout(timer)
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}

function messageOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason)
  return reason.cause instanceof Error ? `${reason.message}: ${reason.cause.message}` : reason.message
}
