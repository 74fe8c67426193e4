import { compressedSections } from './compressed/compressedSections.ts'
import { documentSections } from './documentSections.ts'
import { encodeShard } from './encodeShard.ts'
import { plainSections } from './plainSections.ts'
import type { EncodedShard, Layout, Section } from './shardHeader.ts'
import type { ShardInput, ShardText } from './ShardInput.ts'
import type { TellProgress } from './ShardProgress.ts'
import type { Team } from './Team.ts'

export type Sections = { sections: Section[]; layout: Layout }

/**
 * The bytes of a shard of these documents. The same documents in the same order give the same root on any machine.
 * Cost: that of suffixArray and a few passes more; memory is bounded by mostSymbols.
 */
export function makeShard(input: ShardInput): EncodedShard {
  return joinSections(input, textSections(input), holderSections(input))
}

/** What is searched: nearly all of the work. */
export function textSections(input: ShardText, tell?: TellProgress, team?: Team): Sections {
  return input.variant === 'plain' ? plainSections(input, tell, team) : compressedSections(input, tell, team)
}

/** Who holds what. */
export function holderSections({ facts, starts, text }: ShardInput): Sections {
  return documentSections(facts, starts, text.length)
}

export function joinSections(
  { alphabet, tokenizer, variant, text, facts }: ShardInput,
  searched: Sections,
  holders: Sections,
): EncodedShard {
  return encodeShard(
    {
      alphabet,
      tokenizer,
      variant,
      documents: facts.length,
      symbols: text.length - facts.length,
      layout: { ...searched.layout, ...holders.layout },
    },
    [...searched.sections, ...holders.sections],
  )
}
