import { TributaryError } from '../../kernel/index.ts'
import { separatorOf } from './separatorOf.ts'
import type { Alphabet } from './TokenIndex.ts'

/** Throws attribution/symbol-out-of-range where a symbol is none of the alphabet's. Cost: one pass. */
export function refuseOutside(symbols: ArrayLike<number>, alphabet: Alphabet): void {
  const separator = separatorOf(alphabet)
  // The separator is the one number of that width that is no symbol.
  if (symbols instanceof (alphabet === 'tokens' ? Uint16Array : Uint8Array) && !symbols.includes(separator)) return
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i]!
    if (symbol >= 0 && symbol < separator && Number.isInteger(symbol)) continue
    throw new TributaryError('This is no text of the alphabet that the index is over.', {
      code: 'attribution/symbol-out-of-range',
      facts: { alphabet, at: i, symbol: String(symbol), least: 0, most: separator - 1 },
      tryThis:
        alphabet === 'bytes'
          ? 'encode the text as UTF-8'
          : "encode the text with the Datanet's own tokenizer; vocabularies over 65,535 go into an index over bytes",
    })
  }
}
