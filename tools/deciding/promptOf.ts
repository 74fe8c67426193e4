import { toWire } from '../faces/wire.ts'
import type { Question } from './Decider.ts'

const longestFacts = 12_000

/** A question as a model reads it; facts beyond so many characters are cut. */
export function promptOf({ question, about, options }: Question, factCharacters = longestFacts): string {
  const lines = options.map(({ option, what }) => `- ${option}: ${what}`)
  return [question, `Facts: ${toWire(about).slice(0, factCharacters)}`, 'Options:', ...lines].join('\n')
}
