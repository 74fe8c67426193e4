/** A piece of a text, and whether its words stand in the other one too. The pieces make the text again. */
export type Piece = { text: string; shared: boolean }

const shortest = 4
const run = 3

/**
 * What a text has in common with another: words of at least four letters that both hold, and runs of three words of any
 * length. Case does not matter; words side by side are one piece. It shows likeness only: no score is made of it.
 * Cost: one pass over each.
 */
export function sharedWords(text: string, other: string): Piece[] {
  const own = wordsIn(text)
  const others = wordsIn(other).map(({ word }) => word)
  const known = new Set(others)
  const runs = new Set(others.map((_, i) => others.slice(i, i + run).join(' ')))
  const shared = own.map(({ word }) => word.length >= shortest && known.has(word))
  for (let i = 0; i + run <= own.length; i++) {
    const words = own.slice(i, i + run).map(({ word }) => word)
    if (runs.has(words.join(' '))) shared.fill(true, i, i + run)
  }
  const pieces: Piece[] = []
  let written = 0
  for (let i = 0; i < own.length; i++) {
    if (!shared[i]) continue
    const from = own[i]!.from
    while (shared[i + 1]) i++
    if (from > written) pieces.push({ text: text.slice(written, from), shared: false })
    written = own[i]!.to
    pieces.push({ text: text.slice(from, written), shared: true })
  }
  if (written < text.length) pieces.push({ text: text.slice(written), shared: false })
  return pieces
}

function wordsIn(text: string): { word: string; from: number; to: number }[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => {
    return { word: word.toLowerCase(), from: index, to: index + word.length }
  })
}
