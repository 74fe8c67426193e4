import { ppmInteger, type PayeeId, type Ppm } from '../../../kernel/index.ts'
import { apportion } from '../../shares/apportion.ts'
import type { Turns } from './inTurns.ts'
import { holdersOf, type Holding } from './holdersOf.ts'
import { rarity } from './rarity.ts'
import { surprisalBits, type Frequency, type OwnClusters } from './surprisalBits.ts'

/** About ten milliseconds of a plain index. */
const symbolsOfTurn = 512

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
 *   weight(t)    = round(1000 · bits(t) · rarity(h))       h: distinct clusters of the spans that t counts for
 *   weight(span) = sum of the parts of its tokens, in equal parts over the distinct clusters that hold it, each for one payee,
 *                  or in equal parts for one of each Datanet, where several were asked and hold the same text
 *   share(payee) = weight(payee) / sum over ALL tokens of round(1000 · bits(t))
 *
 * A token counts for the spans that cover it and that the fewest clusters hold; where there are several of these, as where two
 * texts hold nearly the same span, for each in proportion to its length. Shares and `unexplainedPpm` sum to 1,000,000 exactly, by
 * largest remainder; everything is a whole number before it is divided, so that it can be hashed. A span whose clusters are not
 * known stands so often that it is nobody's. Where all tokens are without surprise, or there are none, all is unexplained.
 *
 * Units: thousandths of a bit, parts per million. Cost: 2 · order look-ups a token, and a sort of spans and holders.
 * Pure: `frequency` is the index's, over the same text. Comes in turns of some hundred tokens.
 */
export function* weighSpans({
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
}): Turns<TokenWeights> {
  const weights = spans.map(() => 0)
  let all = 0
  for (const { from, to, counted } of stretches(length, spans)) {
    const held = counted.map((i) => new Set(spans[i]!.places.map(({ cluster }) => cluster)))
    const holders = new Set(held.flatMap((set) => [...set]))
    const isKnown = counted.length > 0 && spans[counted[0]!]!.clusters !== null
    // Runs from before a span are not in it: those who hold only that span do not hold them.
    const own: OwnClusters = (start) =>
      new Set(counted.flatMap((i, at) => (spans[i]!.start <= start ? [...held[at]!] : []))).size
    const lengths = counted.map((i) => BigInt(spans[i]!.end - spans[i]!.start))
    let sum = 0
    for (let at = from; at < to; at++) {
      if (at % symbolsOfTurn === 0) yield
      const bits = surprisalBits(at, { frequency, clusters, order, own: isKnown ? own : undefined })
      all += Math.round(bits * 1000)
      if (isKnown) sum += Math.round(bits * 1000 * rarity(holders.size, clusters))
    }
    if (sum === 0) continue
    for (const [at, part] of apportion(BigInt(sum), lengths).entries()) weights[counted[at]!]! += Number(part)
  }

  const earned = new Map<PayeeId, bigint>()
  for (const [i, milliBits] of weights.entries()) {
    const { places, clusters: held } = spans[i]!
    if (milliBits === 0) continue
    const holders = holdersOf(places)
    // A cluster that is counted and not named keeps its part, which stays unexplained.
    const inAll = Math.max(held ?? 0, holders.length)
    const parts = equalParts(BigInt(milliBits), inAll)
    for (const [h, sharing] of holders.entries()) {
      const own = equalParts(parts[h]!, sharing.length)
      for (const [i, { payee }] of sharing.entries()) earned.set(payee, (earned.get(payee) ?? 0n) + own[i]!)
    }
  }
  const rows = [...earned].filter(([, weight]) => weight > 0n).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const parts = sharesOf(
    rows.map(([, weight]) => weight),
    BigInt(all),
  )
  const spanShares = sharesOf(
    weights.map((milliBits) => BigInt(milliBits)),
    BigInt(all),
  )
  return {
    milliBits: all,
    spans: weights.map((milliBits, span) => ({ span, milliBits, sharePpm: spanShares[span]! })),
    payees: rows
      .map(([payee, weight], i) => ({ payee, milliBits: Number(weight), sharePpm: parts[i]! }))
      .toSorted((a, b) => b.sharePpm - a.sharePpm || b.milliBits - a.milliBits || (a.payee < b.payee ? -1 : 1)),
    unexplainedPpm: parts[rows.length]!,
  }
}

function equalParts(whole: bigint, count: number): bigint[] {
  return apportion(
    whole,
    Array.from({ length: count }, () => 1n),
  )
}

/** ppm of each weight and, last, of what is left of the whole. */
function sharesOf(weights: readonly bigint[], all: bigint): Ppm[] {
  const left = all - weights.reduce((sum, weight) => sum + weight, 0n)
  const parts = all === 0n ? [...weights.map(() => 0n), 1_000_000n] : apportion(1_000_000n, [...weights, left])
  return parts.map((part) => ppmInteger.parse(Number(part)))
}

type Stretch = { from: number; to: number; counted: number[] }

/** The text cut where spans begin or end, each stretch with the spans that its tokens count for. */
function stretches(length: number, spans: readonly HeldSpan[]): Stretch[] {
  const cuts = [...new Set([0, length, ...spans.flatMap(({ start, end }) => [start, end])])].toSorted((a, b) => a - b)
  // Of maximal spans the one that begins first ends first, so that those which cover a stretch stand side by side.
  const order = spans.map((_, i) => i).toSorted((a, b) => spans[a]!.start - spans[b]!.start)
  let first = 0
  return cuts.slice(0, -1).map((from, i) => {
    while (first < order.length && spans[order[first]!]!.end <= from) first++
    const covering: number[] = []
    for (let at = first; at < order.length && spans[order[at]!]!.start <= from; at++) covering.push(order[at]!)
    const held = (span: number) => spans[span]!.clusters ?? Infinity
    const fewest = Math.min(...covering.map(held))
    return { from, to: cuts[i + 1]!, counted: covering.filter((span) => held(span) === fewest) }
  })
}
