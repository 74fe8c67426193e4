import { compressedSections } from './compressed/compressedSections.ts'
import { documentSections } from './documentSections.ts'
import { encodeShard } from './encodeShard.ts'
import { plainSections } from './plainSections.ts'
import type { EncodedShard } from './shardHeader.ts'
import type { ShardInput } from './ShardInput.ts'
import { suffixArray } from './suffixArray.ts'

/**
 * The bytes of a shard of these documents. The same documents in the same order give the same root on any machine.
 * Cost: linear; about 13 bytes of memory a token while it sorts.
 */
export function makeShard(input: ShardInput): EncodedShard {
  const { alphabet, tokenizer, variant, text, starts, facts } = input
  const sorted = variant === 'plain' ? plainSections(input, suffixArray(text, 65_536)) : compressedSections(input)
  const documents = documentSections(facts, starts, text.length)
  return encodeShard(
    {
      alphabet,
      tokenizer,
      variant,
      documents: facts.length,
      symbols: text.length - facts.length,
      layout: { ...sorted.layout, ...documents.layout },
    },
    [...sorted.sections, ...documents.sections],
  )
}
