import type { Digest } from '../../kernel/index.ts'
import { refuseOutside } from './refuseOutside.ts'
import { separatorOf } from './separatorOf.ts'
import type { ShardInput, Variant } from './ShardInput.ts'
import type { Alphabet, TextDocument } from './TokenIndex.ts'

type Kind = { alphabet: Alphabet; tokenizer: Digest; variant: Variant }

/**
 * Cuts documents into inputs of shards of at most `mostSymbols` each; a longer document is a shard of its own. The text lies
 * in shared memory, so that a worker thread reads it where it is.
 * Throws attribution/symbol-out-of-range.
 */
export async function* gatherDocuments(
  documents: Iterable<TextDocument> | AsyncIterable<TextDocument>,
  { mostSymbols, ...kind }: Kind & { mostSymbols: number },
): AsyncGenerator<ShardInput> {
  let batch: TextDocument[] = []
  let length = 0
  for await (const document of documents) {
    refuseOutside(document.symbols, kind.alphabet)
    if (batch.length > 0 && length + document.symbols.length + 1 > mostSymbols) {
      const input = inputOf(batch, length, kind)
      // Not held while the shard is built.
      batch = []
      length = 0
      yield input
    }
    const symbols = new (kind.alphabet === 'tokens' ? Uint16Array : Uint8Array)(document.symbols)
    batch.push({ ...document, symbols })
    length += symbols.length + 1
  }
  if (batch.length === 0) return
  const input = inputOf(batch, length, kind)
  batch = []
  yield input
}

/** The input of one shard. `length` counts a separator for each document. */
export function inputOf(documents: readonly TextDocument[], length: number, kind: Kind): ShardInput {
  const { alphabet } = kind
  // A whole number of blocks of 4, so that a reader never looks behind the end.
  const capacity = 4 * Math.ceil(length / 4)
  const buffer = new SharedArrayBuffer(capacity * (alphabet === 'tokens' ? 2 : 1))
  const whole = alphabet === 'tokens' ? new Uint16Array(buffer) : new Uint8Array(buffer)
  whole.fill(separatorOf(alphabet))
  const starts = new Uint32Array(documents.length)
  let at = 0
  for (const [i, { symbols }] of documents.entries()) {
    starts[i] = at
    whole.set(symbols, at)
    at += symbols.length + 1
  }
  const facts = documents.map(({ sample, payee, cluster }) => ({ sample, payee, cluster }))
  return { ...kind, text: whole.subarray(0, length), starts, facts }
}
