import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { TextDocument } from '../../attribution/index.ts'
import { runOrThrow } from '../peers/runOrThrow.ts'

export type InfiniGramIndex = { dir: string; seconds: number; bytes: number }

/**
 * infini-gram's index over the same documents: its text and offsets are written here as its tokeniser would, its own program
 * sorts the suffixes, with all cores; texts under 100,000 bytes need 1, for else it lists some of them twice. The seconds are those of that program.
 */
export async function buildInfiniGram(
  python: string,
  dir: string,
  documents: readonly TextDocument[],
  { cores = availableParallelism() }: { cores?: number } = {},
): Promise<InfiniGramIndex> {
  const data = join(dir, 'data')
  const index = join(dir, 'index')
  mkdirSync(data, { recursive: true })
  mkdirSync(index, { recursive: true })
  const length = documents.reduce((sum, { symbols }) => sum + symbols.length + 1, 0)
  const text = new Uint16Array(length).fill(65_535)
  const offsets = new BigUint64Array(documents.length)
  let at = 0
  for (const [i, { symbols }] of documents.entries()) {
    offsets[i] = BigInt(at * 2)
    text.set(symbols, at + 1)
    at += symbols.length + 1
  }
  writeFileSync(join(index, 'tokenized.0'), new Uint8Array(text.buffer))
  writeFileSync(join(index, 'offset.0'), new Uint8Array(offsets.buffer))
  // It sets the limit of open files, which may not be raised.
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim()
  const start = performance.now()
  await runOrThrow(
    python,
    [
      '-m',
      'infini_gram.indexing',
      '--data_dir',
      data,
      '--save_dir',
      index,
      '--token_dtype',
      'u16',
      '--mem',
      '4',
    ].concat(['--cpus', String(cores), '--ulimit', limit === 'unlimited' ? '65536' : limit]),
    { code: 'evals/infini-gram', tryThis: 'run its indexing by hand to see what it lacks' },
  )
  const seconds = (performance.now() - start) / 1_000
  const bytes = ['tokenized.0', 'table.0', 'offset.0'].reduce((sum, name) => sum + statSync(join(index, name)).size, 0)
  return { dir: index, seconds, bytes }
}
