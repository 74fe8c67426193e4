import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TextDocument } from '../../attribution/index.ts'
import { digestText, TributaryError, type PayeeId } from '../../kernel/index.ts'
import { prepareBase } from '../../models/index.ts'
import { resolveBase } from '../../provision/index.ts'

export type Corpus = {
  documents: TextDocument[]
  /** Samples that are in no document: every 50th. */
  heldOut: number[][]
  /** Of the documents' text, in UTF-8. */
  bytes: number
  tokens: number
}

/**
 * All samples of the Datanets in TRIBUTARY_DATA as tokens of the base model: everything that a record says but for its id,
 * one document a sample. Throws evals/data.
 */
export async function readCorpus(say: (line: string) => void): Promise<Corpus> {
  const folder = process.env['TRIBUTARY_DATA']
  if (!folder) {
    throw new TributaryError('The token index is measured on real texts.', {
      code: 'evals/data',
      tryThis: 'give --data a folder of Datanets with <datanet>/samples.jsonl',
    })
  }
  const work = mkdtempSync(join(tmpdir(), 'tributary-tokens-'))
  try {
    const { path, name: base } = await resolveBase()
    const { tokenizer } = await prepareBase({ file: path, into: join(work, 'base'), name: base })
    const corpus: Corpus = { documents: [], heldOut: [], bytes: 0, tokens: 0 }
    const nets = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    let read = 0
    for (const { name } of nets) {
      say(`tokens of ${name}`)
      const lines = readFileSync(join(folder, name, 'samples.jsonl'), 'utf8')
        .trim()
        .split('\n')
      for (const line of lines) {
        const { id, ...record } = JSON.parse(line) as Record<string, unknown>
        const text = [...strings(record)].join('\n')
        const symbols = tokenizer.encode(text)
        if (++read % 50 === 0) {
          corpus.heldOut.push(symbols)
          continue
        }
        const sample = digestText(String(id))
        const payee = `data:${String(record['contributor']).slice(0, 100)}` as PayeeId
        corpus.documents.push({ symbols: Uint16Array.from(symbols), sample, payee, cluster: sample })
        corpus.bytes += Buffer.byteLength(text)
        corpus.tokens += symbols.length
      }
    }
    return corpus
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function* strings(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'number') yield String(value)
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) yield* strings(part)
}
