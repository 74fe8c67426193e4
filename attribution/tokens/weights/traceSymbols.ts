import type { SpanOptions, TokenIndex } from '../TokenIndex.ts'
import { inTurns, type Turns } from './inTurns.ts'
import { joinedIndex, type JoinedIndex } from './joinedIndex.ts'
import { weighSpans, type TokenWeights } from './weighSpans.ts'

/** Id of what a span is worth. Traces store it: another formula is another id. */
export const tokensMethod = 'tokens/1'

/** Goes with every trace, on every face. */
export const provenanceLabel =
  'Provenance is not causation: these words stand in these samples. That does not say that the model learned them there.'

/** Places in which the holders of a span are looked for: one that stands more often is common, and nobody's. */
export const mostHolders = 64

/** The longest run of symbols whose frequency is asked for: three tokens, or about as much in bytes. */
const orders = { tokens: 3, bytes: 8 } as const

export type Traced = {
  /** Places are of all holders, where these are not too many. */
  spans: ReturnType<JoinedIndex['spans']>
  weights: TokenWeights
}

/**
 * The spans of a text that stand verbatim in indexes, and what they are worth to whom. The same documents and text give the same
 * integers, however the documents are dealt to indexes of one Datanet, so an auditor can compute them again.
 *
 * Cost: one query of the spans, and 2 · order - 1 look-ups a symbol: about 20 µs a byte. Others go on meanwhile.
 * Throws attribution/symbol-out-of-range.
 */
export async function traceSymbols(...asked: Parameters<typeof traceInTurns>): Promise<Traced> {
  return inTurns(traceInTurns(...asked))
}

/** The same, turn by turn. */
export function* traceInTurns(
  indexes: readonly TokenIndex[],
  symbols: ArrayLike<number>,
  options: Pick<SpanOptions, 'minLength' | 'delimiters'> = {},
): Turns<Traced> {
  const index = joinedIndex(indexes)
  const { clusters } = index
  const text = Array.from(symbols)
  const spans = index.spans(text, { ...options, maxPlaces: mostHolders, maxLooked: mostHolders })
  const known = new Map<number, number>()
  const frequency = (start: number, end: number): number => {
    const key = start * (text.length + 1) + end
    const before = known.get(key)
    if (before !== undefined) return before
    const run = text.slice(start, end)
    const found = index.clustersOf(run, mostHolders)?.length ?? Math.min(index.occurrences(run), clusters)
    known.set(key, found)
    return found
  }
  const weights = yield* weighSpans({ length: text.length, spans, clusters, frequency, order: orders[index.alphabet] })
  return { spans, weights }
}
