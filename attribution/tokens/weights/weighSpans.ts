import { ppmInteger, type PayeeId, type Ppm } from '../../../kernel/index.ts'
import { apportion } from '../../shares/apportion.ts'
import { holdersOf, type Holding } from './holdersOf.ts'
import { rarity } from './rarity.ts'
import { surprisalBits, type Frequency } from './surprisalBits.ts'

/** A maximal span and who holds it. */
export type HeldSpan = {
  /** [start, end) in tokens of the text. */
  start: number
  end: number
  /** How often it stands in the index. */
  count: number
  /** In how many distinct clusters; null where it stands too often to have been looked at everywhere. */
  clusters: number | null
  /** Where: at least one place in each of those clusters. */
  places: readonly Holding[]
}

export type SpanWeight = {
  /** Position among the spans that were given. */
  span: number
  /** Tokens that count for it: each counts for the rarest span that covers it. */
  tokens: number
  milliBits: number
  sharePpm: Ppm
}

export type TokenWeights = {
  /** Surprisal of the whole text, thousandths of a bit: what the shares are parts of. */
  milliBits: number
  /** One line a span, in their order. */
  spans: SpanWeight[]
  /** The largest first; of equal ones by id. Those that get nothing are left out. */
  payees: { payee: PayeeId; milliBits: number; sharePpm: Ppm }[]
  /** What no Datanet explains: words that stand nowhere, and words that everybody has. Spread over nobody. */
  unexplainedPpm: Ppm
}

/**
 * What the spans of a text are worth, and to whom:
 *
 *   weight(t)    = round(1000 · bits(t) · rarity(span of t))                 span of t: the rarest that covers it
 *   weight(span) = sum over its tokens, in equal parts over the distinct clusters that hold it, each for one payee
 *   share(payee) = weight(payee) / sum over ALL tokens of round(1000 · bits(t))
 *
 * Shares and `unexplainedPpm` sum to 1,000,000 exactly, by largest remainder; everything is a whole number before it is
 * divided, so that it can be hashed. A span whose clusters are not known stands so often that it is nobody's.
 * Where all tokens are without surprise, or there are none, all is unexplained.
 *
 * Units: thousandths of a bit, parts per million. Cost: 2 · order look-ups a token, and a sort of spans and holders.
 * Pure: `frequency` is the index's, over the same text.
 */
export function weighSpans({
  length,
  spans,
  clusters,
  frequency,
  order,
}: {
  /** Tokens of the text. */
  length: number
  spans: readonly HeldSpan[]
  /** Distinct clusters of the index. */
  clusters: number
  frequency: Frequency
  /** Longest run of tokens whose frequency is asked for. */
  order: number
}): TokenWeights {
  const ownerOf = rarestSpans(length, spans)
  const weights = spans.map(() => ({ tokens: 0, milliBits: 0 }))
  let all = 0
  for (let at = 0; at < length; at++) {
    const owner = ownerOf[at]!
    const span = spans[owner]
    const held = span?.clusters ?? null
    const own = span !== undefined && held !== null ? { start: span.start, clusters: held } : undefined
    const bits = surprisalBits(at, { frequency, clusters, order, ...(own ? { own } : {}) })
    all += Math.round(bits * 1000)
    const weight = weights[owner]
    if (weight === undefined) continue
    weight.tokens++
    if (held !== null) weight.milliBits += Math.round(bits * 1000 * rarity(held, clusters))
  }

  const earned = new Map<PayeeId, bigint>()
  for (const [i, { milliBits }] of weights.entries()) {
    const { places, clusters: held } = spans[i]!
    if (milliBits === 0) continue
    const holders = holdersOf(places)
    // A cluster that is counted and not named keeps its part, which stays unexplained.
    const inAll = Math.max(held ?? 0, holders.length)
    const parts = apportion(
      BigInt(milliBits),
      Array.from({ length: inAll }, () => 1n),
    )
    for (const [h, { payee }] of holders.entries()) earned.set(payee, (earned.get(payee) ?? 0n) + parts[h]!)
  }
  const rows = [...earned].filter(([, weight]) => weight > 0n).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const parts = sharesOf(
    rows.map(([, weight]) => weight),
    BigInt(all),
  )
  const spanShares = sharesOf(
    weights.map(({ milliBits }) => BigInt(milliBits)),
    BigInt(all),
  )
  return {
    milliBits: all,
    spans: weights.map((weight, span) => ({ span, ...weight, sharePpm: spanShares[span]! })),
    payees: rows
      .map(([payee, weight], i) => ({ payee, milliBits: Number(weight), sharePpm: parts[i]! }))
      .toSorted((a, b) => b.sharePpm - a.sharePpm || b.milliBits - a.milliBits || (a.payee < b.payee ? -1 : 1)),
    unexplainedPpm: parts[rows.length]!,
  }
}

/** ppm of each weight and, last, of what is left of the whole. */
function sharesOf(weights: readonly bigint[], all: bigint): Ppm[] {
  const left = all - weights.reduce((sum, weight) => sum + weight, 0n)
  const parts = all === 0n ? [...weights.map(() => 0n), 1_000_000n] : apportion(1_000_000n, [...weights, left])
  return parts.map((part) => ppmInteger.parse(Number(part)))
}

/** For each token the span that it counts for: the fewest clusters first, then the longest, then the first; -1 for none. */
function rarestSpans(length: number, spans: readonly HeldSpan[]): Int32Array {
  const order = spans
    .map((span, i) => ({ ...span, i }))
    .toSorted(
      (a, b) =>
        (a.clusters ?? Infinity) - (b.clusters ?? Infinity) || b.end - b.start - (a.end - a.start) || a.start - b.start,
    )
  const owner = new Int32Array(length).fill(-1)
  for (const { start, end, i } of order) {
    for (let at = start; at < end; at++) if (owner[at] === -1) owner[at] = i
  }
  return owner
}
