import {
  joinedIndex,
  provenanceLabel,
  tokensMethod,
  traceSymbols,
  type JoinedPlace,
  type TokenIndex,
} from '../../attribution/index.ts'
import { findError, type Digest, type Sample } from '../../kernel/index.ts'
import type { Tokenizer } from '../../models/index.ts'
import { symbolsOf, type Symbols } from './symbolsOf.ts'
import { textOf } from './textOf.ts'
import type { Trace } from './trace.ts'

/** The index of one Datanet. */
export type DatanetIndex = { datanet: string; index: TokenIndex }

/** Shorter spans are in nearly every text and say nothing. */
export const shortestSpan = { tokens: 4, bytes: 24 } as const

/** Of a sample so much is shown before and after a span. */
export const excerptUnits = 160

/**
 * A trace as people and machines read it: the spans of a text with their samples, and what they are worth to whom.
 * `sampleOf` gives the text of a sample, and throws store/erased where it is gone. Throws what indexes throw.
 */
export async function composeTrace({
  text,
  indexes,
  tokenizer,
  sampleOf,
  minLength,
  delimiters = [],
  places: shown,
}: {
  text: string
  indexes: readonly DatanetIndex[]
  tokenizer: Pick<Tokenizer, 'encode' | 'decode'>
  sampleOf: (id: Digest) => Promise<Sample>
  minLength?: number | undefined
  delimiters?: readonly string[]
  places: number
}): Promise<Trace> {
  const { alphabet } = joinedIndex(indexes.map((one) => one.index))
  const read = symbolsOf(text, alphabet, tokenizer)
  const { spans, weights } = await traceSymbols(
    indexes.map((one) => one.index),
    read.symbols,
    {
      minLength: minLength ?? shortestSpan[alphabet],
      // The last symbol of a delimiter is where a span ends.
      delimiters: delimiters.map((word) => Array.from(symbolsOf(word, alphabet, tokenizer).symbols).at(-1)!),
    },
  )
  const known = new Map<Digest, Promise<{ sample: Sample; read: Symbols } | undefined>>()
  const open = (id: Digest) => {
    const opening = known.get(id) ?? readSample(id)
    known.set(id, opening)
    return opening
  }
  const readSample = async (id: Digest) => {
    try {
      const sample = await sampleOf(id)
      return { sample, read: symbolsOf(textOf(sample), alphabet, tokenizer) }
    } catch (failure) {
      if (!['store/erased', 'store/not-found'].includes(findError(failure)?.code ?? '')) throw failure
      return undefined
    }
  }
  const placeOf = async (place: JoinedPlace, length: number): Promise<Trace['spans'][number]['places'][number]> => {
    const { sample, payee, cluster, offset, part } = place
    const { datanet } = indexes[part]!
    const opened = await open(sample)
    const found = { datanet, sample, payee, cluster, offset }
    if (opened === undefined) return { ...found, source: null, licence: null, before: '', words: '', after: '' }
    const all = textOf(opened.sample)
    const [start, end] = [opened.read.startOf(offset), opened.read.endOf(offset + length)]
    return {
      ...found,
      source: opened.sample.source,
      licence: opened.sample.licence,
      before: all.slice(Math.max(0, start - excerptUnits), start).toWellFormed(),
      words: all.slice(start, end),
      after: all.slice(end, end + excerptUnits).toWellFormed(),
    }
  }
  const told = []
  for (const [i, span] of spans.entries()) {
    const { milliBits, sharePpm } = weights.spans[i]!
    const length = span.end - span.start
    const where = await Promise.all(span.places.slice(0, shown).map((place) => placeOf(place, length)))
    const [start, end] = [read.startOf(span.start), read.endOf(span.end)]
    const { count, clusters: held } = span
    told.push({
      start,
      end: Math.max(start, end),
      symbols: length,
      count,
      clusters: held,
      milliBits,
      sharePpm,
      places: where,
    })
  }
  return {
    method: tokensMethod,
    label: provenanceLabel,
    alphabet,
    indexes: indexes.map(({ datanet, index: { root } }) => ({ datanet, root })),
    symbols: read.symbols.length,
    milliBits: weights.milliBits,
    spans: told,
    payees: weights.payees,
    unexplainedPpm: weights.unexplainedPpm,
  }
}
