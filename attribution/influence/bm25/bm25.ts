import { TributaryError } from '../../../kernel/index.ts'
import type { AttributionMethod, MethodFacts } from '../AttributionMethod.ts'
import { refuseQuery } from '../refuseQuery.ts'

export const bm25Facts = {
  id: 'bm25/1',
  role: 'sample',
  family: 'similarity',
  claim: 'how many of the rarer words of question and answer the sample holds, which says nothing of any model',
} as const satisfies MethodFacts

/**
 * Baseline: how many of the answer's rarer words a sample holds. Similarity, not influence; it reads no model at all.
 *
 *   score[i] = sum over distinct words w of the query of idf(w) · f (k1 + 1) / (f + k1 (1 - b + b |d_i| / mean |d|))
 *   idf(w) = ln(1 + (N - n_w + 1/2) / (n_w + 1/2))
 *
 * with f how often sample i holds w, and n_w how many samples do. A query is a whole question and answer, so that a word
 * counts once however often it is said there. Shapes: `documents` N lists of words (see words), the query holds `words`;
 * a score is [N], without a unit, 0 or more. Cost: binding one pass over all words; an answer the samples of its words.
 * Source: Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; the 1 in the logarithm is Lucene's,
 * so that no word counts against a sample. Throws attribution/bm25, attribution/query.
 */
export function bm25({
  documents,
  k1 = 1.2,
  b = 0.75,
}: {
  documents: readonly (readonly string[])[]
  k1?: number
  b?: number
}): AttributionMethod {
  if (!(k1 >= 0 && Number.isFinite(k1) && b >= 0 && b <= 1)) {
    throw new TributaryError('BM25 needs k1 of 0 or more, and b from 0 to 1.', {
      code: 'attribution/bm25',
      facts: { k1: String(k1), b: String(b) },
      tryThis: 'use 1.2 and .75 unless a validation split says others',
    })
  }
  /** For each word, the samples that hold it and how often. */
  const postings = new Map<string, Map<number, number>>()
  let words = 0
  for (const [i, document] of documents.entries()) {
    words += document.length
    for (const word of document) {
      const own = postings.get(word) ?? new Map<number, number>()
      postings.set(word, own.set(i, (own.get(i) ?? 0) + 1))
    }
  }
  const count = documents.length
  const norms = documents.map(({ length }) => k1 * (1 - b + (words > 0 ? (b * length * count) / words : 0)))
  return {
    ...bm25Facts,
    count,
    async score({ words: query }) {
      if (query === undefined) refuseQuery(bm25Facts.id, 'words', { expected: 1, found: 0 })
      const scores = new Float64Array(count)
      for (const word of new Set(query)) {
        const own = postings.get(word)
        if (own === undefined) continue
        const idf = Math.log(1 + (count - own.size + 0.5) / (own.size + 0.5))
        for (const [i, f] of own) scores[i]! += (idf * f * (k1 + 1)) / (f + norms[i]!)
      }
      return scores
    },
  }
}
