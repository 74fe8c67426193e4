import { digestOf, digestText, type PayeeId } from '../../../kernel/index.ts'
import { inputOf } from '../gatherDocuments.ts'
import { joinShards } from '../joinShards.ts'
import { makeShard } from '../makeShard.ts'
import { openShard } from '../openShard.ts'
import type { PlainShard } from '../PlainShard.ts'
import type { Variant } from '../ShardInput.ts'
import type { Alphabet, TextDocument, TokenIndex } from '../TokenIndex.ts'

/** Documents with made-up samples, of two payees; every third is a copy of the first by its cluster. */
export function documentsOf(texts: readonly ArrayLike<number>[]): TextDocument[] {
  const sampleOf = (i: number) => digestText(`sample ${i}`)
  return texts.map((symbols, i) => ({
    symbols,
    sample: sampleOf(i),
    payee: `npm:payee-${i % 2}` as PayeeId,
    cluster: sampleOf(i % 3 === 0 ? 0 : i),
  }))
}

/** Of four texts: two that overlap, one by itself, and the beginning of the first. */
export const fourDocuments = (): TextDocument[] =>
  documentsOf([
    [1, 2, 3, 4],
    [3, 4, 5],
    [6, 7, 8, 9],
    [1, 2, 3],
  ])

type Options = { alphabet?: Alphabet; variant?: Variant; shards?: number; dead?: readonly TextDocument[] }

/** An index in memory, through the bytes of its files, the documents dealt to `shards` in turn. */
export function indexOf(documents: readonly TextDocument[], options: Options = {}): TokenIndex {
  const { alphabet = 'tokens', variant = 'plain', shards = 1, dead = [] } = options
  const open = (part: readonly TextDocument[], of: Variant) => {
    const length = part.reduce((sum, { symbols }) => sum + symbols.length + 1, 0)
    const { root, parts } = makeShard(inputOf(part, length, { alphabet, tokenizer: digestOf(alphabet), variant: of }))
    return openShard(Uint8Array.from(Buffer.concat(parts)), root).shard
  }
  const dealt = Array.from({ length: shards }, (_, s) => documents.filter((_, i) => i % shards === s))
  return joinShards({
    alphabet,
    tokenizer: digestOf(alphabet),
    root: digestOf(alphabet),
    shards: dealt.filter((part) => part.length > 0).map((part) => open(part, variant)),
    dead: dead.length === 0 ? undefined : (open(dead, 'plain') as PlainShard),
  })
}
