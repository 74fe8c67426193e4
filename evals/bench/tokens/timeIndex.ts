import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildIndex, openIndex, type TextDocument, type TokenIndex } from '../../../attribution/index.ts'
import { digestText } from '../../../kernel/index.ts'

export type TimedIndex = {
  index: TokenIndex
  buildSeconds: number
  shards: number
  /** Of all files of the folder. */
  bytesPerToken: number
  /** Of what opening it takes outside of the heap: the files and what makes searches short. */
  memoryPerToken: number
}

type Options = {
  dir: string
  documents: readonly TextDocument[]
  variant?: 'plain' | 'compressed'
  memoryBytes?: number
}

/** Builds and opens an index. The seconds are those of the whole build, until its files are on the disk. */
export async function timeIndex({ dir, documents, ...options }: Options): Promise<TimedIndex> {
  const tokenizer = digestText('base')
  const start = performance.now()
  await buildIndex({ dir, alphabet: 'tokens', tokenizer, documents, ...options })
  const buildSeconds = (performance.now() - start) / 1_000
  const before = process.memoryUsage().arrayBuffers
  const index = await openIndex({ dir, tokenizer })
  const memory = process.memoryUsage().arrayBuffers - before
  const names = readdirSync(dir)
  const bytes = names.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
  const shards = names.filter((name) => name.endsWith('.shard')).length
  return { index, buildSeconds, shards, bytesPerToken: bytes / index.symbols, memoryPerToken: memory / index.symbols }
}

/** Milliseconds of each output, with spans, counts, 10 places each and their owners. All are traced once before, as by the peer. */
export function timeSpans(index: TokenIndex, outputs: readonly (readonly number[])[]): { p50: number; p99: number } {
  for (const output of outputs) index.spans(output)
  const times = outputs.map((output) => {
    const start = performance.now()
    index.spans(output)
    return performance.now() - start
  })
  return percentiles(times)
}

export function percentiles(times: readonly number[]): { p50: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p99: at(0.99) }
}
