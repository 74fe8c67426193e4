/** The text with every 20th of its words written twice, from a place that depends on `variant`; at least one of them. */
export function nearCopy({ prompt, completion }: { prompt: string; completion: string }, variant: number) {
  const words = completion.split(' ')
  const first = (7 * variant) % Math.min(20, words.length)
  const changed = words.map((word, i) => (i % 20 === first ? `${word} ${word}` : word))
  return { prompt, completion: changed.join(' ') }
}
