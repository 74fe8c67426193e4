import { encodeSample, seededUniform, type Engine, type EncodedRow, type Recipe } from '../../models/index.ts'
import { gameSample, type GameSample } from './GameSample.ts'

/** How an attacker rates texts that it could commit: the higher, the better for it. */
type Rating = (rows: readonly EncodedRow[]) => Promise<number[]>

const words = 3
const candidatesOfWord = 8

/**
 * The samples with 3 words of their window exchanged, greedily: for each place 8 words of other texts are tried and the
 * one that is rated highest stays. This is the search of both published attacks (arXiv 2409.05657), which differ in what
 * they rate. Deterministic. Cost: 24 ratings a sample, in 3 batches of all samples together.
 */
export async function perturb(
  samples: readonly GameSample[],
  { rate, market, tag, seed }: { rate: Rating; market: { engine: Engine; recipe: Recipe }; tag: string; seed: number },
): Promise<GameSample[]> {
  const uniform = seededUniform(`perturb ${tag} ${seed}`)
  const vocabulary = samples.flatMap(({ text }) => text.completion.split(/\s+/)).filter((word) => word.length > 2)
  const encode = ({ window }: GameSample): EncodedRow =>
    encodeSample(window, market.engine.base.tokenizer, market.recipe)
  let best = [...samples]
  for (let round = 0; round < words; round++) {
    const tried = best.map((sample) => {
      const places = wordPlaces(sample)
      const place = places[Math.floor(uniform() * places.length)]
      const others = Array.from(
        { length: candidatesOfWord },
        () => vocabulary[Math.floor(uniform() * vocabulary.length)]!,
      )
      return [sample, ...(place ? others.map((word) => exchange(sample, place, word, tag)) : [])]
    })
    const rated = await rate(tried.flat().map(encode))
    let at = 0
    best = tried.map((candidates) => {
      const own = rated.slice(at, (at += candidates.length))
      return candidates[own.indexOf(Math.max(...own))]!
    })
  }
  return best
}

type Place = { from: number; to: number }

/** Where words of the completion stand that the window shows. */
function wordPlaces({ text, at, window }: GameSample): Place[] {
  const before = text.prompt.length + 1
  const end = at + window.prompt.length + window.completion.length
  return [...text.completion.matchAll(/[^\s]+/g)]
    .map(({ index, 0: word }) => ({ from: index, to: index + word.length }))
    .filter(({ from, to }) => before + from >= at + window.prompt.length && before + to <= end)
}

function exchange({ text, at }: GameSample, { from, to }: Place, word: string, tag: string): GameSample {
  const completion = `${text.completion.slice(0, from)}${word}${text.completion.slice(to)}`
  return gameSample({ ...text, completion, source: `${text.source}-${tag}` }, at)
}
