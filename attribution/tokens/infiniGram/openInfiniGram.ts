import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestText, TributaryError } from '../../../kernel/index.ts'
import type { Documents } from '../DocumentTable.ts'
import { joinShards } from '../joinShards.ts'
import type { Alphabet, DocumentFacts, TokenIndex } from '../TokenIndex.ts'
import { InfiniGramShard } from './InfiniGramShard.ts'

type Options = {
  dir: string
  /** Tokens of two bytes, or bytes. */
  alphabet: Alphabet
  /** Who holds a document, by its number in its shard: infini-gram's index does not say. */
  factsOf: (shard: number, document: number) => DocumentFacts
}

/**
 * Opens an index that infini-gram built (version 4: tokenized.N, table.N and offset.N of each shard), with the same answers
 * as one of ours over the same documents. Throws attribution/infini-gram.
 */
export async function openInfiniGram({ dir, alphabet, factsOf }: Options): Promise<TokenIndex> {
  const width = alphabet === 'tokens' ? 2 : 1
  const names = await readdir(dir).catch(() => [])
  const count = names.filter((name) => /^tokenized\.\d+$/.test(name)).length
  if (count === 0) throw unreadable('there is no file tokenized.0')
  const shards = []
  for (let s = 0; s < count; s++) {
    const [tokenized, table, offsets] = await Promise.all(
      ['tokenized', 'table', 'offset'].map((name) => readBytes(join(dir, `${name}.${s}`))),
    )
    const symbols = tokenized!.length / width
    const pointerBytes = symbols === 0 ? 1 : table!.length / symbols
    if (!Number.isInteger(symbols)) throw unreadable(`tokenized.${s} holds no whole number of tokens`)
    if (!Number.isInteger(pointerBytes) || pointerBytes < 1 || pointerBytes > 6) {
      throw unreadable(`table.${s} does not fit tokenized.${s}`)
    }
    if (offsets!.length % 8 !== 0) throw unreadable(`offset.${s} holds no whole number of places`)
    const documents = documentsOf(offsets!, symbols, width, (document) => factsOf(s, document))
    shards.push(new InfiniGramShard({ tokenized: tokenized!, table: table! }, width, documents))
  }
  const tokenizer = digestText('infini-gram')
  return joinShards({ alphabet, tokenizer, root: tokenizer, shards, dead: undefined })
}

/** offset.N: where the separator in front of each document stands, in bytes. */
function documentsOf(
  offsets: Uint8Array,
  textLength: number,
  width: number,
  factsOf: (document: number) => DocumentFacts,
): Documents {
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength)
  const starts = Array.from(
    { length: offsets.length / 8 },
    (_, i) => Number(view.getBigUint64(i * 8, true)) / width + 1,
  )
  return {
    length: starts.length,
    symbols: textLength - starts.length,
    start: (document) => starts[document] ?? textLength,
    at: (position) => {
      let [lo, hi] = [0, starts.length]
      while (hi - lo > 1) {
        const middle = (lo + hi) >>> 1
        if (starts[middle]! <= position) lo = middle
        else hi = middle
      }
      return lo
    },
    facts: factsOf,
    sample: (document) => factsOf(document).sample,
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await readFile(path).catch((cause: unknown) => {
    throw unreadable(`a file of it is not there`, cause)
  })
  // Views of two bytes need an even start.
  return Uint8Array.from(file)
}

function unreadable(reason: string, cause?: unknown): TributaryError {
  return new TributaryError('This is no index of infini-gram that can be read.', {
    code: 'attribution/infini-gram',
    facts: { reason },
    tryThis: 'give a folder that infini_gram.indexing wrote with --version 4, and the width of its tokens',
    cause,
  })
}
