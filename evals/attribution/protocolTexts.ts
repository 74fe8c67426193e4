import { seededUniform } from '../../models/index.ts'
import { readDatanet } from './readDatanet.ts'
import { asciiOf, windowBytes, windowSample, type WindowSample } from './windowSample.ts'

export const protocolDatanets = ['medical-medquad', 'gaming-chess-openings', 'technical-tldr']
const payeesOfEach = 4
const samplesOfEach = 12
const queriesOfEach = 3
/** A window begins within the first so many characters: where texts differ most. */
const latestStart = 120

export type ProtocolTexts = {
  /** `<datanet>: <contributor>`, 12 of them. */
  payees: string[]
  /** 144, those of a payee together; `payeeOfSample[i]` is a place in `payees`. */
  samples: WindowSample[]
  payeeOfSample: number[]
  /** 36 held-out texts of the same contributors: the answers that are asked about. */
  queries: WindowSample[]
  payeeOfQuery: number[]
}

/**
 * The four largest contributors of three Datanets, 12 samples and 3 held-out texts of each, drawn by `dataSeed`; no text
 * stands on both sides. Texts are windows of 40 characters, or `whole` for a model that can read. Throws evals/data.
 */
export function protocolTexts(dataSeed: number, { whole = false }: { whole?: boolean } = {}): ProtocolTexts {
  const uniform = seededUniform(`protocol ${dataSeed}`)
  const drawn: ProtocolTexts = { payees: [], samples: [], payeeOfSample: [], queries: [], payeeOfQuery: [] }
  const wanted = samplesOfEach + queriesOfEach
  for (const datanet of protocolDatanets) {
    const texts = readDatanet(datanet).map((one) => ({ ...one, text: asciiOf(`${one.prompt}\n${one.completion}`) }))
    const long = texts.filter(({ text }) => text.length >= windowBytes + 8)
    const byContributor = [...Map.groupBy(long, ({ contributor }) => contributor)]
    const largest = byContributor.toSorted(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1))
    for (const [contributor, own] of largest.slice(0, payeesOfEach)) {
      const payee = drawn.payees.push(`${datanet}: ${contributor}`) - 1
      for (let i = 0; i < wanted; i++) {
        const [one] = own.splice(Math.floor(uniform() * own.length), 1)
        const latest = Math.min(one!.text.length - windowBytes, latestStart)
        const window = windowSample(one!.text, Math.floor(uniform() * (latest + 1)))
        const text = whole ? { id: window.id, prompt: one!.prompt, completion: one!.completion } : window
        const isSample = i < samplesOfEach
        ;(isSample ? drawn.samples : drawn.queries).push(text)
        ;(isSample ? drawn.payeeOfSample : drawn.payeeOfQuery).push(payee)
      }
    }
  }
  return drawn
}
