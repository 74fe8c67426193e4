import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provideInfiniGram } from '../peers/provide.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { readCorpus } from '../tokens/readCorpus.ts'
import { measureParts } from './engine/measureParts.ts'
import { queryPart } from './tokens/queryPart.ts'
import { scalePart } from './tokens/scalePart.ts'
import { shardsPart } from './tokens/shardsPart.ts'
import type { TokensContext } from './tokens/TokensContext.ts'

const measures = { query: queryPart, scale: scalePart, shards: shardsPart }

export const parts = Object.keys(measures)

/**
 * How long it takes to trace an answer of 256 tokens, beside infini-gram over the same documents and outputs, and how large
 * the index is. One thread. infini-gram's places are not looked up, ours are, with their owners. `--data` names the Datanets.
 * Cost: 4 minutes on an idle machine. Throws evals/data, evals/infini-gram.
 */
export async function run({
  seed,
  say,
  only,
}: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const versions: Record<string, string> = {}
  const python = await provideInfiniGram(say)
  const work = mkdtempSync(join(tmpdir(), 'tributary-tokens-'))
  try {
    const context: TokensContext = {
      corpus: await readCorpus(say),
      python,
      work,
      seed,
      say,
      noteVersions: (found) => Object.assign(versions, found),
    }
    const rows = await measureParts(measures, { say, ...(only ? { only } : {}) }, context)
    return { rows, versions }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
