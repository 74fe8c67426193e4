import type { Digest } from '../../kernel/index.ts'
import type { Alphabet, DocumentFacts } from './TokenIndex.ts'

export type Variant = 'plain' | 'compressed'

/** Documents as a shard is built of them: their symbols one behind the other, each ended by the separator. */
export type ShardInput = {
  alphabet: Alphabet
  tokenizer: Digest
  variant: Variant
  text: Uint8Array | Uint16Array
  /** Where each document starts in the text. */
  starts: Uint32Array
  facts: DocumentFacts[]
}

/** What its text alone decides. */
export type ShardText = Pick<ShardInput, 'alphabet' | 'variant' | 'text' | 'starts'>
