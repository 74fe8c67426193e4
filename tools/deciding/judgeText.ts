/** Why an answer can be of no use to anybody, or undefined. Cost: linear. */
export function uselessBecause(question: string, answer: string | null): string | undefined {
  if (answer === null) return 'its text was erased'
  const words = wordsOf(answer)
  if (words.length === 0) return 'it is empty'
  if (wordsOf(question).join(' ').includes(words.join(' '))) return 'it repeats the question'
  // Eight words or more of which every second one was said before go round in circles.
  if (words.length >= 8 && new Set(words).size * 2 <= words.length) return 'it repeats itself'
  return undefined
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
