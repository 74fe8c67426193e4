import type { Sample } from '../../kernel/index.ts'
import { jaccardPpm, shinglesOf, wordsOf } from './shingles.ts'

/** A sample as it is compared. All are ascending sets of hashes, see shinglesOf. */
export type Likeness = {
  /** Five-word shingles of prompt and completion. */
  whole: Float64Array
  /** Five-word shingles of the completion. */
  completion: Float64Array
  /** Single words of the completion. */
  words: Float64Array
  /** Whether the completion has enough words to be compared without its prompt. */
  long: boolean
  /** Texts up to white space and Unicode form: equal ones are exact duplicates. */
  exact: string
}

const shingleWords = 5
const longWords = 20

/** What is needed to compare a sample. Cost: linear in its text. */
export function likenessOf({ prompt, completion }: Pick<Sample, 'prompt' | 'completion'>, seed: number): Likeness {
  const inside = wordsOf(completion)
  const long = inside.length >= longWords
  const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, ' ').trim()
  return {
    whole: shinglesOf([...wordsOf(prompt), ...inside], shingleWords, seed),
    completion: shinglesOf(inside, shingleWords, seed),
    words: shinglesOf(inside, 1, seed),
    long,
    exact: long ? plain(completion) : `${plain(prompt)}\n${plain(completion)}`,
  }
}

/**
 * How alike two samples are, in ppm: the Jaccard similarity of their five-word shingles. Two long completions (20 words
 * and more) are compared whatever was asked; short ones only together with their prompts and where their own words are
 * as much alike, since 'Yes' answers many questions and one passage carries many of them. 0 below `floorPpm`.
 */
export function similarityPpm(a: Likeness, b: Likeness, floorPpm = 0): number {
  const answers = a.long && b.long ? jaccardPpm(a.completion, b.completion, floorPpm) : 0
  const whole = jaccardPpm(a.whole, b.whole, floorPpm)
  return Math.max(answers, whole === 0 ? 0 : Math.min(whole, jaccardPpm(a.words, b.words, floorPpm)))
}
