import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestText, findError, type Digest } from '../../../kernel/index.ts'
import { slowIndex } from '../slowIndex.ts'
import { documentsOf, fourDocuments } from '../testing/indexOf.ts'
import type { TextDocument } from '../TokenIndex.ts'
import { appendDocuments, buildIndex } from './appendDocuments.ts'
import { mergeShards } from './mergeShards.ts'
import { openIndex } from './openIndex.ts'
import { takeDown } from './takeDown.ts'
import { verifyIndex } from './verifyIndex.ts'
import type { IndexProgress } from './WriteOptions.ts'

const tokenizer = digestText('a tokenizer')
const documents = fourDocuments()
const query = [1, 2, 3, 4, 5, 6, 7, 8, 9]
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tokens-'))
})
afterEach(() => rm(dir, { recursive: true }))

const build = (some: readonly TextDocument[], folder = dir) =>
  buildIndex({ dir: folder, alphabet: 'tokens', tokenizer, documents: some })
const answers = async (folder = dir) => {
  const index = await openIndex({ dir: folder, tokenizer })
  return index.spans(query).map(({ start, end, count, clusters }) => ({ start, end, count, clusters }))
}
const expected = (some: readonly TextDocument[]) =>
  slowIndex(some)
    .spans(query)
    .map(({ start, end, count, clusters }) => ({ start, end, count, clusters }))
const shardFiles = async () => (await readdir(dir)).filter((name) => name.endsWith('.shard'))

test('3 documents are built, 1 appended, 1 taken down, and a merge leaves 1 shard without its bytes', async () => {
  const first = await build(documents.slice(0, 3))
  expect(await answers()).toEqual(expected(documents.slice(0, 3)))
  const second = await appendDocuments({ dir, documents })
  expect(second).toMatchObject({ added: 1, skipped: 3 })
  expect(await answers()).toEqual(expected(documents))
  const down = await takeDown({ dir, samples: [documents[2]!.sample, digestText('nobody')] })
  expect(down).toMatchObject({ taken: 1, unknown: [digestText('nobody')] })
  const living = documents.filter((_, i) => i !== 2)
  expect(await answers()).toEqual(expected(living))
  expect(await shardFiles()).toHaveLength(3)
  expect(await verifyIndex({ dir, deep: true })).toMatchObject({ shards: 2, documents: 5, deep: true })

  const progress: IndexProgress[] = []
  const merged = await mergeShards({ dir, onProgress: (told) => progress.push(told) })
  expect(merged).toMatchObject({ shards: 1, erased: 1 })
  expect(progress.at(-1)).toMatchObject({ shards: 1, documents: 3, symbols: 10 })
  expect(await answers()).toEqual(expected(living))
  const files = await shardFiles()
  expect(files).toHaveLength(1)
  const bytes = await readFile(join(dir, files[0]!))
  expect(bytes.includes(Buffer.from(Uint16Array.from([6, 7, 8, 9]).buffer))).toBe(false)
  expect(bytes.includes(Buffer.from(Uint16Array.from([1, 2, 3, 4]).buffer))).toBe(true)
  expect(new Set([first.root, second.root, down.root, merged.root]).size).toBe(4)
  expect((await openIndex({ dir })).root).toBe(merged.root)
})

test('a build tells of each phase of a shard how much of it is done, from sorting to writing, and never less than before', async () => {
  const symbols = Array.from({ length: 3_000 }, (_, i) => (i * i) % 7)
  const phases = ['sort', 'refine', 'induce', 'pack', 'write']
  for (const variant of ['plain', 'compressed'] as const) {
    const progress: IndexProgress[] = []
    await buildIndex({
      dir: join(dir, variant),
      alphabet: 'tokens',
      tokenizer,
      variant,
      documents: documentsOf([symbols, [...symbols, 1]]),
      memoryBytes: 160_000,
      onProgress: (told) => progress.push(told),
    })
    const ends = progress.flatMap(({ shard: { phase, done, of } }, i) =>
      phase === 'write' && done === of ? [i + 1] : [],
    )
    expect(ends).toHaveLength(2)
    for (const [shard, end] of ends.entries()) {
      const told = progress.slice(ends[shard - 1] ?? 0, end)
      expect([...new Set(told.map(({ shard: { phase } }) => phase))]).toEqual(phases)
      for (const phase of phases) {
        const parts = told.filter((one) => one.shard.phase === phase).map((one) => one.shard.done / one.shard.of)
        expect(parts).toEqual(parts.toSorted((x, y) => x - y))
        expect(parts.every((part) => part >= 0 && part <= 1)).toBe(true)
      }
    }
    expect(progress.at(-1)).toMatchObject({ shards: 2, documents: 2, symbols: 6_001 })
  }
})

test('a compressed index is built, deeply verified, taken down from and merged as a plain one is, in 2 shards and then 1', async () => {
  const kind = { dir, alphabet: 'tokens', tokenizer, variant: 'compressed' } as const
  await buildIndex({ ...kind, documents: documents.slice(0, 2) })
  await appendDocuments({ dir, documents })
  expect(await answers()).toEqual(expected(documents))
  expect(await verifyIndex({ dir, deep: true })).toMatchObject({ shards: 2, documents: 4, symbols: 14 })
  await takeDown({ dir, samples: [documents[0]!.sample] })
  expect(await answers()).toEqual(expected(documents.slice(1)))
  expect(await mergeShards({ dir })).toMatchObject({ shards: 1, erased: 1 })
  expect(await answers()).toEqual(expected(documents.slice(1)))
  expect(await verifyIndex({ dir, deep: true })).toMatchObject({ documents: 3, symbols: 10 })
  await expect(build(documents)).rejects.toMatchObject({ code: 'attribution/other-tokenizer' })
})

test('with memory for 1,024 tokens, 10 documents of 300 become 4 shards, which a merge leaves as they are', async () => {
  const texts = documentsOf(Array.from({ length: 10 }, (_, d) => Array.from({ length: 300 }, (_, i) => d * 7 + i)))
  await buildIndex({ dir, alphabet: 'tokens', tokenizer, documents: texts, memoryBytes: 32 * 1_024 })
  expect((await verifyIndex({ dir })).shards).toBe(4)
  expect(await mergeShards({ dir, memoryBytes: 32 * 1_024 })).toMatchObject({ shards: 4, erased: 0 })
  expect(await mergeShards({ dir })).toMatchObject({ shards: 1 })
  await expect(mergeShards({ dir, memoryBytes: 1_000 })).rejects.toMatchObject({ code: 'attribution/little-memory' })
})

test('a truncated, edited, foreign or missing shard, another tokenizer and no index are coded errors', async () => {
  const code = (wanted: string): unknown => expect.objectContaining({ code: `attribution/${wanted}` })
  await expect(openIndex({ dir })).rejects.toEqual(code('no-index'))
  const { root } = await build(documents)
  await expect(openIndex({ dir, tokenizer: digestText('other') })).rejects.toEqual(code('other-tokenizer'))
  await expect(verifyIndex({ dir, root: digestText('other') })).rejects.toEqual(code('other-root'))
  expect(await verifyIndex({ dir, root })).toMatchObject({ documents: 4, symbols: 14 })
  await expect(openIndex({ dir }).then((index) => index.spans([70_000]))).rejects.toEqual(code('symbol-out-of-range'))
  const path = join(dir, (await shardFiles())[0]!)
  const whole = await readFile(path)
  const open = async (bytes: Uint8Array) => {
    await writeFile(path, bytes)
    return openIndex({ dir })
  }
  for (let length = 0; length < whole.length; length += 29) {
    await expect(open(whole.subarray(0, length))).rejects.toEqual(code('shard-truncated'))
  }
  for (let at = 8; at < whole.length; at += 97) {
    const bytes = Uint8Array.from(whole)
    bytes[at]! ^= 4
    const found = await open(bytes).then(
      () => 'opened',
      (error: unknown) => findError(error)?.code,
    )
    expect(['attribution/shard-edited', 'attribution/shard-truncated']).toContain(found)
  }
  await expect(open(Uint8Array.from([...whole, 0]))).rejects.toEqual(code('shard-edited'))
  await expect(open(Uint8Array.from(whole, (byte, i) => (i === 7 ? 0x32 : byte)))).rejects.toEqual(
    code('shard-version'),
  )
  await rm(path)
  await expect(openIndex({ dir })).rejects.toEqual(code('shard-missing'))
  await writeFile(path, whole)
  expect(await answers()).toEqual(expected(documents))
  await truncate(join(dir, 'manifest-00000002.json'), 5)
  await expect(openIndex({ dir })).rejects.toEqual(code('index-edited'))
})

test('on a disk that is full at any step of a merge, the merge says so and the old index still answers', async () => {
  await build(documents.slice(0, 2))
  await appendDocuments({ dir, documents })
  await takeDown({ dir, samples: [documents[1]!.sample] })
  const living = documents.filter((_, i) => i !== 1)
  let steps = 0
  for (let at = 1; ; at++) {
    let left = at
    const onStep = (step: string): void => {
      if (step !== 'remove' && --left === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    }
    const merged = await mergeShards({ dir, onStep }).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(await answers()).toEqual(expected(living))
    if (merged === undefined) break
    expect(merged).toMatchObject({ code: 'attribution/disk-full', retry: true })
    steps++
  }
  expect(steps).toBeGreaterThanOrEqual(8)
  expect(await shardFiles()).toHaveLength(1)
  expect((await readdir(dir)).filter((name) => name.endsWith('.draft'))).toEqual([])
})

test('a writer that is killed at any of its steps leaves the old or the new index, and doing it again ends in the new one', async () => {
  const start = join(dir, 'start')
  await build(documents.slice(0, 3), start)
  let state = documents.slice(0, 3)
  let steps = 0
  for (const [operation, after] of [
    ['append', documents],
    ['takeDown', documents.filter((_, i) => i !== 1)],
    ['merge', documents.filter((_, i) => i !== 1)],
  ] as const) {
    const run = (folder: string, at: number) =>
      spawnSync(process.execPath, [join(import.meta.dirname, '../testing/killedWriter.ts'), folder, operation, `${at}`])
    for (let at = 1; ; at++) {
      const folder = join(dir, `${operation}-${at}`)
      await cp(start, folder, { recursive: true })
      const { signal, status, stderr } = run(folder, at)
      const found = await answers(folder)
      expect([expected(state), expected(after)]).toContainEqual(found)
      if (signal !== 'SIGKILL') {
        expect([status, String(stderr)]).toEqual([0, expect.anything()])
        expect(found).toEqual(expected(after))
        await rm(start, { recursive: true })
        await cp(folder, start, { recursive: true })
        break
      }
      steps++
      expect(run(folder, 0).status).toBe(0)
      expect(await answers(folder)).toEqual(expected(after))
      await rm(folder, { recursive: true })
    }
    state = [...after]
  }
  expect(steps).toBeGreaterThanOrEqual(24)
  expect((await readdir(start)).filter((name) => name.endsWith('.shard'))).toHaveLength(1)
}, 600_000)

test('what a killed writer left behind is removed once it is an hour old', async () => {
  await build(documents)
  const [kept] = await shardFiles()
  for (const [name, age] of [
    ['00.shard', 7_200],
    ['01.shard', 60],
  ] as const) {
    await writeFile(join(dir, name), 'left')
    await utimes(join(dir, name), new Date(), new Date(Date.now() - age * 1_000))
  }
  await mergeShards({ dir })
  expect((await shardFiles()).toSorted()).toEqual(['01.shard', kept as string].toSorted())
})

test('two writers at once both get their documents in, and a merge meanwhile loses none', async () => {
  await build(documents.slice(0, 2))
  const samples = (taken: Digest[]) => takeDown({ dir, samples: taken })
  await Promise.all([
    appendDocuments({ dir, documents: documents.slice(2, 3) }),
    appendDocuments({ dir, documents: documents.slice(3) }),
    mergeShards({ dir }),
    samples([documents[0]!.sample]),
  ])
  expect(await answers()).toEqual(expected(documents.slice(1)))
})
