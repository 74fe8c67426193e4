import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestBytes, findError } from '../../kernel/index.ts'
import { codeOf } from '../testing/codeOf.ts'
import { blobFiles, type BlobFiles } from './blobFiles.ts'
import { openBlobs } from './openBlobs.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-blobs-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []))

test('any bytes come back under their sha-256, and the same bytes are one file', async () => {
  const blobs = await openBlobs(dir)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const digest = await blobs.put(bytes)
      expect(digest).toBe(digestBytes(bytes))
      expect(await blobs.put(bytes)).toBe(digest)
      expect(new Uint8Array(await blobs.get(digest))).toEqual(bytes)
      expect(await blobs.has(digest)).toBe(true)
    }),
    { numRuns: 40, seed: 3 },
  )
  expect(new Set(filesIn(dir)).size).toBe(filesIn(dir).length)
})

test('a file of 5 MB is stored by streaming, and a missing one or a missing digest says so', async () => {
  const blobs = await openBlobs(dir)
  const bytes = Buffer.alloc(5_000_000, 'heron')
  const source = join(dir, 'source')
  writeFileSync(source, bytes)
  const digest = await blobs.putFile(source)
  expect(digest).toBe(`0x${createHash('sha256').update(bytes).digest('hex')}`)
  expect(readFileSync(await blobs.verifiedPath(digest)).equals(bytes)).toBe(true)
  expect(await codeOf(blobs.putFile(join(dir, 'none')))).toBe('uncoded')
  const nobody = digestBytes(new Uint8Array([1, 2, 3]))
  expect(await blobs.has(nobody)).toBe(false)
  expect(await codeOf(blobs.get(nobody))).toBe('blobs/not-found')
  expect(await codeOf(blobs.verifiedPath(nobody))).toBe('blobs/not-found')
  expect(readdirSync(join(dir, 'unfinished'))).toEqual([])
})

test('one changed byte is refused at reading with the digest, and a cut file is mended by the next put', async () => {
  const blobs = await openBlobs(dir)
  const bytes = new TextEncoder().encode('the heron waits')
  const digest = await blobs.put(bytes)
  writeFileSync(blobs.path(digest), 'the heron walks')
  for (const read of [() => blobs.get(digest), () => blobs.verifiedPath(digest)]) {
    const failure = findError(
      await read().then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    expect(failure).toMatchObject({ code: 'blobs/digest-mismatch', facts: { digest } })
  }
  writeFileSync(blobs.path(digest), 'the heron')
  await blobs.put(bytes)
  expect(Buffer.from(await blobs.get(digest)).toString()).toBe('the heron waits')
})

test('a disk that is full at any one of the calls leaves nothing behind and works again afterwards', async () => {
  let failAt = 0
  let calls = 0
  const full = async () => {
    if (++calls === failAt) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
  const files: BlobFiles = {
    ...blobFiles,
    create: async (path) => {
      await full()
      const file = await blobFiles.create(path)
      return {
        write: (bytes) => full().then(() => file.write(bytes)),
        sync: () => full().then(() => file.sync()),
        close: () => file.close(),
      }
    },
    rename: (from, to) => full().then(() => blobFiles.rename(from, to)),
  }
  const blobs = await openBlobs(dir, files)
  const bytes = new TextEncoder().encode('the heron waits')
  for (failAt = 1; ; failAt++) {
    calls = 0
    const code = await codeOf(blobs.put(bytes))
    if (code === 'none') break
    expect(code).toBe('blobs/disk-full')
    expect(filesIn(dir)).toEqual([])
  }
  // create, write, sync and rename were each refused once.
  expect(failAt).toBe(5)
  expect(filesIn(dir)).toHaveLength(1)
})

test('what a crash left unfinished is removed at opening', async () => {
  await openBlobs(dir)
  writeFileSync(join(dir, 'unfinished', 'abc'), 'half')
  await openBlobs(dir)
  expect(existsSync(join(dir, 'unfinished', 'abc'))).toBe(false)
})
