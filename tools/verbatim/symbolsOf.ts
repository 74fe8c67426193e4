import type { Alphabet } from '../../attribution/index.ts'
import { TributaryError } from '../../kernel/index.ts'
import type { Tokenizer } from '../../models/index.ts'

/** A text as an index reads it, and back: where symbol `i` begins and ends in it, in UTF-16 units. */
export type Symbols = {
  symbols: ArrayLike<number>
  /** A span that begins inside of a character begins, for people, with the next one; one that ends inside ends before it. */
  startOf: (symbol: number) => number
  endOf: (symbol: number) => number
}

/** The symbols of a text. Cost: one pass. Throws attribution/no-text for a text that UTF-8 cannot say. */
export function symbolsOf(text: string, alphabet: Alphabet, tokenizer: Pick<Tokenizer, 'encode' | 'decode'>): Symbols {
  if (!text.isWellFormed()) {
    throw new TributaryError('This is no text: half of a character stands alone in it.', {
      code: 'attribution/no-text',
      facts: { units: text.length },
      tryThis: 'send well-formed Unicode',
    })
  }
  return alphabet === 'bytes' ? bytesOf(text) : tokensOf(text, tokenizer)
}

function bytesOf(text: string): Symbols {
  const symbols = Buffer.from(text)
  const at = new Uint32Array(symbols.length + 1)
  let byte = 0
  let unit = 0
  for (const character of text) {
    const size = Buffer.byteLength(character)
    at.fill(unit, byte, byte + size)
    byte += size
    unit += character.length
  }
  at[byte] = unit
  const isInside = (symbol: number) => symbol > 0 && symbol < symbols.length && (symbols[symbol]! & 0xc0) === 0x80
  return {
    symbols,
    startOf: (symbol) => {
      let next = symbol
      while (isInside(next)) next++
      return at[next]!
    },
    endOf: (symbol) => at[symbol]!,
  }
}

/** Longest run of tokens that one character is looked for in. */
const longestCharacter = 16

function tokensOf(text: string, { encode, decode }: Pick<Tokenizer, 'encode' | 'decode'>): Symbols {
  const symbols = encode(text)
  const at = new Uint32Array(symbols.length + 1)
  let unit = 0
  for (let i = 0; i < symbols.length;) {
    // A character may lie over several tokens, none of which is text alone.
    let size = 1
    let piece = decode(symbols.slice(i, i + 1))
    while (!text.startsWith(piece, unit) && size < longestCharacter && i + size < symbols.length) {
      size++
      piece = decode(symbols.slice(i, i + size))
    }
    const length = text.startsWith(piece, unit) ? piece.length : 0
    at.fill(unit + length, i + 1, i + size + 1)
    unit += length
    i += size
  }
  return { symbols, startOf: (symbol) => at[symbol]!, endOf: (symbol) => at[symbol]! }
}
