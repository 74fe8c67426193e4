import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIndex, openIndex, openInfiniGram, type Place } from '../../attribution/index.ts'
import { digestText } from '../../kernel/index.ts'
import { seededUniform } from '../../models/index.ts'
import { Peer } from '../peers/Peer.ts'
import { provideInfiniGram } from '../peers/provide.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { buildInfiniGram } from '../tokens/buildInfiniGram.ts'
import { makeOutputs } from '../tokens/makeOutputs.ts'
import { readCorpus } from '../tokens/readCorpus.ts'
import type { PeerAnswer } from '../tokens/PeerAnswer.ts'
import { placesDigest } from '../tokens/placesDigest.ts'

const outputs = 2_000

/**
 * Does the token index say the same as infini-gram's `attribute()`? All Datanets in TRIBUTARY_DATA, 2,000 outputs of 256
 * tokens: span lists, counts and all places of every span, by a digest of the set, for both variants of our index, for one of 8
 * shards, and for our reader of infini-gram's own files. Cost: 5 minutes. Throws evals/data, evals/infini-gram.
 */
export async function run({ seed, say }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const python = await provideInfiniGram(say)
  const load = loadavg()[0]!
  const work = mkdtempSync(join(tmpdir(), 'tributary-tokens-'))
  let peer: Peer | undefined
  try {
    const corpus = await readCorpus(say)
    const { documents } = corpus
    const tokenizer = digestText('base')
    const theirs = await buildInfiniGram(python, work, documents)
    const open = async (name: string, options: { variant?: 'compressed'; memoryBytes?: number }) => {
      const dir = join(work, name)
      await buildIndex({ dir, alphabet: 'tokens', tokenizer, documents, ...options })
      return openIndex({ dir, tokenizer })
    }
    const eighth = Math.ceil((corpus.tokens + documents.length) / 8)
    const indexes = {
      'our index': await open('plain', {}),
      'our compressed index': await open('compressed', { variant: 'compressed' }),
      'our index in 8 shards or more': await open('shards', { memoryBytes: 32 * eighth }),
      "our reader of infini-gram's files": await openInfiniGram({
        dir: theirs.dir,
        alphabet: 'tokens',
        factsOf: (_, document) => documents[document]!,
      }),
    }
    peer = await Peer.start({ name: 'infini-gram', command: python, args: [peerProgram] })
    await peer.ask({ open: theirs.dir, dtype: 'u16', vocabulary: 65_535 })
    const starts = new Map<string, number>()
    let at = 1
    for (const { sample, symbols } of documents) {
      starts.set(sample, at)
      at += symbols.length + 1
    }
    const keyOf = ({ sample, offset }: Place): number => starts.get(sample)! + offset
    const differs = Object.fromEntries(Object.keys(indexes).map((name) => [name, { outputs: 0, first: '' }]))
    let spans = 0
    let places = 0
    const texts = makeOutputs(corpus, { count: outputs, length: 256, random: seededUniform(`tokens ${seed}`) })
    for (const [i, ids] of texts.entries()) {
      if (i % 200 === 0) say(`output ${i}`)
      const answer = await peer.ask<PeerAnswer>({ ids, most: 0, digest: true })
      const wanted = JSON.stringify(answer.spans.map(({ start, end, count, digest }) => [start, end, count, digest]))
      spans += answer.spans.length
      for (const { count } of answer.spans) places += count
      for (const [name, index] of Object.entries(indexes)) {
        const same = index.spans(ids, { maxPlaces: Infinity, maxLooked: 0 }).map((span) => {
          return [span.start, span.end, span.count, placesDigest(span.places.map(keyOf))]
        })
        if (JSON.stringify(same) === wanted) continue
        differs[name]!.outputs++
        differs[name]!.first ||= `output ${i}`
      }
    }
    const rows: Row[] = Object.entries(differs).map(([name, { outputs: wrong, first }]) => {
      if (wrong > 0) process.exitCode = 1
      return {
        figure: `${name}: outputs whose spans, counts or places differ from infini-gram's${first && `, first ${first}`}`,
        value: wrong,
        unit: `of ${outputs.toLocaleString('en')}`,
        goal: '0',
        met: wrong === 0,
      }
    })
    rows.push(
      { figure: 'spans compared', value: spans, unit: 'spans' },
      { figure: 'places compared', value: places, unit: 'places' },
      {
        figure: 'real text in the index',
        value: corpus.bytes / 1e6,
        unit: 'MB',
        goal: '>= 20 MB',
        met: corpus.bytes >= 20e6,
      },
      { figure: 'tokens in the index', value: corpus.tokens, unit: 'tokens' },
      { figure: 'load of the machine before it', value: load, unit: 'processes' },
    )
    return { rows, versions: { ...peer.versions } }
  } finally {
    peer?.close()
    rmSync(work, { recursive: true, force: true })
  }
}

const peerProgram = join(import.meta.dirname, '../peers/infinigram/attribute.py')
