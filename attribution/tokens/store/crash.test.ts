import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestText } from '../../../kernel/index.ts'
import { fourDocuments } from '../testing/indexOf.ts'
import { appendDocuments, buildIndex } from './appendDocuments.ts'
import { writeWhole } from './IndexFiles.ts'
import { mergeShards } from './mergeShards.ts'
import { openIndex } from './openIndex.ts'
import { takeDown } from './takeDown.ts'
import { verifyIndex } from './verifyIndex.ts'

const tokenizer = digestText('a tokenizer')
const documents = fourDocuments()
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tokens-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('a writer that is killed at 10 random moments or more of its appends and merges leaves an index that holds all it had said', async () => {
  await buildIndex({ dir, alphabet: 'tokens', tokenizer, documents })
  let said = 0
  // On a slow machine it gets longer and longer, until it has got something done.
  for (let kill = 0, ms = 600; kill < 10 || said === 0; kill++, ms += 100) {
    const program = join(import.meta.dirname, '../testing/restlessWriter.ts')
    const writer = spawn(process.execPath, [program, dir, String(1 + said)], { stdio: ['ignore', 'pipe', 'ignore'] })
    const lines = createInterface({ input: writer.stdout })
    // All that it said is read then.
    const ended = Promise.all([once(writer, 'close'), once(lines, 'close')])
    const first = once(lines, 'line')
    lines.on('line', (line) => (said = Math.max(said, Number(line) || 0)))
    await first
    await new Promise((resolve) => setTimeout(resolve, Math.random() * ms))
    writer.kill('SIGKILL')
    await ended
    const index = await openIndex({ dir, tokenizer })
    expect((await verifyIndex({ dir, deep: true })).root).toBe(index.root)
    expect(index.count([6, 7, 8, 9])).toBe(1)
    // Two of each number, one shard of at most two not merged yet, and what was written when it was killed.
    expect(index.documents).toBeGreaterThanOrEqual(4 + 2 * said)
    expect(index.documents).toBeLessThanOrEqual(4 + 2 * said + 2)
    expect(index.count([7, 8])).toBe(index.documents - 3)
    said = Math.floor((index.documents - 4) / 2)
  }
  expect(said).toBeGreaterThan(0)
  expect(await mergeShards({ dir })).toMatchObject({ shards: 1 })
}, 300_000)

test('an index that is open answers on while its shards are merged away, and 20 opened meanwhile answer as before or after', async () => {
  await buildIndex({ dir, alphabet: 'tokens', tokenizer, documents: documents.slice(0, 1) })
  for (const document of documents.slice(1)) await appendDocuments({ dir, documents: [document] })
  const before = await openIndex({ dir })
  const answer = before.spans([1, 2, 3, 4, 5])
  const state = { isWriting: true }
  const writing = (async () => {
    await takeDown({ dir, samples: [documents[2]!.sample] })
    await mergeShards({ dir })
    state.isWriting = false
  })()
  let opened = 0
  while (state.isWriting || opened < 20) {
    const index = await openIndex({ dir })
    expect([3, 4]).toContain(index.documents)
    expect(index.count([1, 2, 3])).toBe(2)
    expect(index.count([6, 7])).toBe(index.documents - 3)
    opened++
  }
  await writing
  expect(before.spans([1, 2, 3, 4, 5])).toEqual(answer)
  expect(before.count([6, 7])).toBe(1)
  expect((await openIndex({ dir })).documents).toBe(3)
})

test('no space, no quota and a file that may not grow are attribution/disk-full, and leave nothing behind', async () => {
  for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) {
    const onStep = (step: string): void => {
      if (step === 'sync') throw Object.assign(new Error('injected'), { code })
    }
    await expect(writeWhole(join(dir, 'file'), [Uint8Array.of(1)], { onStep })).rejects.toMatchObject({
      code: 'attribution/disk-full',
      retry: true,
    })
  }
  expect(await readdir(dir)).toEqual([])
})
