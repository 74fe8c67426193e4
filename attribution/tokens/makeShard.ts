import { compressedSections } from './compressed/compressedSections.ts'
import { documentSections } from './documentSections.ts'
import { encodeShard } from './encodeShard.ts'
import { plainSections } from './plainSections.ts'
import type { EncodedShard } from './shardHeader.ts'
import type { ShardInput } from './ShardInput.ts'
import type { TellProgress } from './ShardProgress.ts'
import type { Team } from './Team.ts'

/**
 * The bytes of a shard of these documents. The same documents in the same order give the same root on any machine.
 * Cost: that of suffixArray and a few passes more; memory is bounded by mostSymbols.
 */
export function makeShard(input: ShardInput, tell?: TellProgress, team?: Team): EncodedShard {
  const { alphabet, tokenizer, variant, text, starts, facts } = input
  const sorted = variant === 'plain' ? plainSections(input, tell, team) : compressedSections(input, tell, team)
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
