import { separatorOf } from './separatorOf.ts'
import type { ShardInput } from './ShardInput.ts'
import { bitsFor, pack } from './PackedArray.ts'
import type { Layout, Section } from './shardHeader.ts'

/**
 * The sections of a plain shard: the text, and all its suffixes in order, by key (the first token, or the first two bytes).
 *
 * A suffix of tokens is stored as the block of 4 tokens that it begins in: of those 4, it begins at the first that is its
 * key. Where one of the other three is the same token, an exception says so (about 1 of 40), which saves 1.6 bits a token
 * in all. Suffixes that begin with the separator come last and are left out.
 */
export function plainSections({ alphabet, text }: ShardInput, sa: Int32Array): { sections: Section[]; layout: Layout } {
  const separator = separatorOf(alphabet)
  const width = text.BYTES_PER_ELEMENT
  const droppedBits = alphabet === 'tokens' ? 2 : 0
  let length = sa.length
  while (length > 0 && text[sa[length - 1]!] === separator) length--

  const keys: number[] = []
  const keyStarts: number[] = []
  const entries = new Uint32Array(length)
  const pages = new Uint32Array(Math.ceil(length / 65_536) + 1)
  const exceptions: number[] = []
  const choices: number[] = []
  for (let rank = 0; rank < length; rank++) {
    const at = sa[rank]!
    const key = alphabet === 'tokens' ? text[at]! : (text[at]! << 8) | text[at + 1]!
    if (key !== keys.at(-1)) keyStarts.push(rank) && keys.push(key)
    entries[rank] = at >>> droppedBits
    if ((rank & 65_535) === 0) pages[rank >>> 16] = exceptions.length
    if (droppedBits > 0 && firstOf(text, at) !== at) {
      exceptions.push(rank & 65_535)
      choices.push(at & 3)
    }
  }
  pages[pages.length - 1] = exceptions.length
  keyStarts.push(length)

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

/** The first place in the block of 4 that holds the same symbol. */
function firstOf(text: Uint8Array | Uint16Array, at: number): number {
  let first = at & ~3
  while (text[first] !== text[at]) first++
  return first
}
