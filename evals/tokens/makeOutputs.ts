import type { Corpus } from './readCorpus.ts'

/**
 * Answers of `length` tokens as a model might give them: half of them are held-out samples one behind the other, the others
 * also hold verbatim pieces of documents, 8 to 128 tokens each.
 */
export function makeOutputs(
  { documents, heldOut }: Corpus,
  { count, length, random }: { count: number; length: number; random: () => number },
): number[][] {
  const below = (most: number): number => Math.floor(random() * most)
  const pieceOf = (text: ArrayLike<number>, most: number): number[] => {
    const start = below(Math.max(1, text.length - 8))
    return Array.from(text).slice(start, start + most)
  }
  return Array.from({ length: count }, (_, i) => {
    const output: number[] = []
    while (output.length < length) {
      const copies = i % 2 === 1 && below(2) === 1
      output.push(
        ...(copies
          ? pieceOf(documents[below(documents.length)]!.symbols, 8 + below(121))
          : pieceOf(heldOut[below(heldOut.length)]!, 20 + below(80))),
      )
    }
    return output.slice(0, length)
  })
}
