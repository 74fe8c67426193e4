import { digestBytes, type Digest } from '../../kernel/index.ts'
import type { Alphabet } from './TokenIndex.ts'

/** Digest of a document's symbols: two that say the same have the same, whoever holds them and in whichever index. */
export function contentOf(symbols: ArrayLike<number>, alphabet: Alphabet): Digest {
  const own = alphabet === 'tokens' ? Uint16Array.from(symbols) : Uint8Array.from(symbols)
  return digestBytes(new Uint8Array(own.buffer))
}
