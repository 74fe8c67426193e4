import { separatorOf } from './separatorOf.ts'
import type { ShardText } from './ShardInput.ts'
import type { TellProgress } from './ShardProgress.ts'
import { suffixArray } from './suffixArray.ts'
import type { Team } from './Team.ts'
import type { Alphabet } from './TokenIndex.ts'
import { bitsFor, pack } from './PackedArray.ts'
import type { Layout, Section } from './shardHeader.ts'

/**
 * The sections of a plain shard: the text, and all its suffixes in order, by key (the first token, or the first two bytes).
 *
 * A suffix of tokens is stored as the block of 4 tokens that it begins in: of those 4, it begins at the first that is its
 * key. Where one of the other three is the same token, an exception says so (about 1 of 40), which saves 1.6 bits a token
 * in all. Suffixes that begin with the separator come last and are left out.
 */
export function plainSections(
  { alphabet, text }: ShardText,
  tell: TellProgress = () => undefined,
  team?: Team,
): { sections: Section[]; layout: Layout } {
  const sa = suffixArray(text, tell, team)
  const separator = separatorOf(alphabet)
  const width = text.BYTES_PER_ELEMENT
  const droppedBits = alphabet === 'tokens' ? 2 : 0
  const sizes = keySizes(text, alphabet)
  const keys = sizes.flatMap((size, key) => (size > 0 ? [key] : []))
  const keyStarts = [0]
  for (const key of keys) keyStarts.push(keyStarts.at(-1)! + sizes[key]!)
  const length = keyStarts.at(-1)!
  tell({ phase: 'pack', done: 0, of: length })

  const entries = sa.subarray(0, length)
  const pages = new Uint32Array(Math.ceil(length / 65_536) + 1)
  const exceptions: number[] = []
  const choices: number[] = []
  if (droppedBits > 0) {
    const repeats = repeatsInBlocks(text, separator)
    for (let rank = 0; rank < length; rank++) {
      const at = sa[rank]!
      entries[rank] = at >>> droppedBits
      if ((rank & 65_535) === 0) pages[rank >>> 16] = exceptions.length
      if ((repeats[at >>> 3]! & (1 << (at & 7))) === 0) continue
      exceptions.push(rank & 65_535)
      choices.push(at & 3)
    }
    pages[pages.length - 1] = exceptions.length
  }

  const layout = {
    droppedBits,
    suffixBits: bitsFor(text.length >>> droppedBits),
    keyStartBits: bitsFor(length),
    suffixes: length,
  }
  const bytesOf = (array: Uint32Array | Uint16Array) => new Uint8Array(array.buffer)
  const sections = [
    { name: 'text', bytes: new Uint8Array(text.buffer, text.byteOffset, 4 * Math.ceil(text.length / 4) * width) },
    { name: 'keys', bytes: bytesOf(Uint16Array.from(keys)) },
    { name: 'keyStarts', bytes: bytesOf(pack(keyStarts, layout.keyStartBits)) },
    { name: 'suffixes', bytes: bytesOf(pack(entries, layout.suffixBits)) },
    { name: 'exceptionPages', bytes: bytesOf(pages) },
    { name: 'exceptions', bytes: bytesOf(Uint16Array.from(exceptions)) },
    { name: 'choices', bytes: Uint8Array.from(choices) },
  ]
  return { sections, layout }
}

/** How many suffixes have each key. The separator, the greatest symbol, begins none. */
function keySizes(text: Uint8Array | Uint16Array, alphabet: Alphabet): number[] {
  const separator = separatorOf(alphabet)
  const sizes = new Uint32Array(65_536)
  for (let i = 0; i < text.length; i++) {
    const symbol = text[i]!
    if (symbol !== separator) sizes[alphabet === 'tokens' ? symbol : (symbol << 8) | text[i + 1]!]!++
  }
  return [...sizes]
}

/** A bit for each symbol that stands in its block of 4 before, too. */
function repeatsInBlocks(text: Uint8Array | Uint16Array, separator: number): Uint8Array {
  const repeats = new Uint8Array((text.length >>> 3) + 1)
  for (let i = 0; i < text.length; i++) {
    if (text[i] === separator) continue
    for (let before = i & ~3; before < i; before++) {
      if (text[before] === text[i]) repeats[i >>> 3]! |= 1 << (i & 7)
    }
  }
  return repeats
}
