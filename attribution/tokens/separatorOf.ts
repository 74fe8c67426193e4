import type { Alphabet } from './TokenIndex.ts'

/** What ends each document inside of a shard: a symbol that no text has. UTF-8 never holds 255. */
export function separatorOf(alphabet: Alphabet): 65_535 | 255 {
  return alphabet === 'tokens' ? 65_535 : 255
}
