import type { Trace } from './trace.ts'

export type Piece = { text: string; span: number | undefined }

/**
 * The text cut into pieces, each with the span that it counts for: of those that cover it the one that the fewest texts hold, then
 * the longest, then the first. Pieces in order are the whole text.
 */
export function coverText(
  text: string,
  spans: readonly Pick<Trace['spans'][number], 'start' | 'end' | 'clusters'>[],
): Piece[] {
  const owner = new Int32Array(text.length).fill(-1)
  const order = spans
    .map((span, i) => ({ ...span, i }))
    .toSorted(
      (a, b) =>
        (a.clusters ?? Infinity) - (b.clusters ?? Infinity) || b.end - b.start - (a.end - a.start) || a.start - b.start,
    )
  for (const { start, end, i } of order) {
    for (let at = start; at < end; at++) if (owner[at] === -1) owner[at] = i
  }
  const pieces: Piece[] = []
  for (let from = 0; from < text.length;) {
    let to = from + 1
    while (to < text.length && owner[to] === owner[from]) to++
    const span = owner[from]!
    pieces.push({ text: text.slice(from, to), span: span === -1 ? undefined : span })
    from = to
  }
  return pieces
}
