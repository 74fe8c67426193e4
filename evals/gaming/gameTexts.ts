import type { PayeeId } from '../../kernel/index.ts'
import { seededUniform } from '../../models/index.ts'
import { readDatanet } from '../attribution/readDatanet.ts'
import { gameSample, type GameSample } from './GameSample.ts'

const gameDatanets = ['medical-medquad', 'gaming-chess-openings', 'technical-tldr']
const payeesOfEach = 4
const samplesOfPayee = 12
const queriesOfPayee = 8

export type GameTexts = {
  /** 12 payees by 12 samples, a payee's side by side. */
  samples: GameSample[]
  /** 96 held-out texts of the same payees: what is asked in an epoch. */
  queries: GameSample[]
  /** Texts of the same Datanets by people who take no part: what anybody could copy from the web, or train a shadow on. */
  others: GameSample[]
}

/**
 * The honest market: of each of three Datanets the four contributors with the most texts of 90 characters and more, under
 * invented names, since nobody real shall stand beside an invented payment. Seeded. Throws evals/data.
 */
export function gameTexts(seed: number): GameTexts {
  const uniform = seededUniform(`gaming ${seed}`)
  const found: GameTexts = { samples: [], queries: [], others: [] }
  for (const name of gameDatanets) {
    const byPerson = new Map<string, ReturnType<typeof readDatanet>>()
    for (const text of readDatanet(name)) {
      if (text.prompt.length + text.completion.length < 90) continue
      const own = byPerson.get(text.contributor)
      if (own) own.push(text)
      else byPerson.set(text.contributor, [text])
    }
    const people = [...byPerson.values()].toSorted((a, b) => b.length - a.length)
    const take = (texts: ReturnType<typeof readDatanet>, count: number, payee: string): GameSample[] => {
      const rest = [...texts]
      return Array.from({ length: Math.min(count, rest.length) }, (_, i) => {
        const { prompt, completion } = rest.splice(Math.floor(uniform() * rest.length), 1)[0]!
        const sample = { prompt, completion, payee: payee as PayeeId, licence: 'CC0-1.0', source: `${payee}@1-${i}` }
        return gameSample(sample, uniform() * 120)
      })
    }
    for (const [i, texts] of people.slice(0, payeesOfEach).entries()) {
      const drawn = take(texts, samplesOfPayee + queriesOfPayee, `npm:${name.split('-')[0]}-${i + 1}`)
      found.samples.push(...drawn.slice(0, samplesOfPayee))
      found.queries.push(...drawn.slice(samplesOfPayee))
    }
    found.others.push(...take(people.slice(payeesOfEach).flat(), 60, `npm:${name.split('-')[0]}-other`))
  }
  return found
}

/** The names of the honest payees, in the order of their samples. */
export function payeesOf(samples: readonly GameSample[]): PayeeId[] {
  return [...new Set(samples.map(({ text }) => text.payee))]
}
