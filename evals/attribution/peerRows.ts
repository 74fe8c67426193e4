import { linearDatamodelingScore, predictedChanges, type Study } from '../../attribution/index.ts'
import { seededUniform, type Engine } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import { drawMasks } from './drawMasks.ts'
import { openProtocol } from './openProtocol.ts'
import { peerFamilies, peerScores } from './peerScores.ts'
import { queryLosses } from './queryLosses.ts'
import { retrainMasks } from './retrainMasks.ts'
import { changesOf, fractions, type Fraction } from './studyLanguage.ts'
import { trainProtocol } from './trainProtocol.ts'

const masksOfEach = 64

/**
 * dattri and kronfluence on the language model, judged by the very retrainings that judge our methods: of each family the
 * setting that is best at 5 %, which flatters it. Cost: 5 CPU-minutes where the part `language` has retrained before.
 */
export async function peerRows(
  engine: Engine,
  { dataSeeds, seed, say }: { dataSeeds: readonly number[]; seed: number; say: (line: string) => void },
): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const found: Map<string, Map<Fraction, Study>>[] = []
  let versions: Record<string, string> = {}
  for (const dataSeed of dataSeeds) {
    const peers = await studyPeers(engine, dataSeed, say)
    found.push(peers.studies)
    versions = peers.versions
  }
  const scoreOf = (method: string, fraction: Fraction) =>
    linearDatamodelingScore(
      found.map((studies) => studies.get(method)!.get(fraction)!),
      { uniform: seededUniform(`peers ${seed} ${method} ${fraction}`) },
    )
  const methods = [...found[0]!.keys()].filter((method) => found.every((studies) => studies.has(method)))
  const best = peerFamilies.flatMap((family) => {
    const own = methods.filter((method) => method.startsWith(`${family} `))
    const scored = own.map((method) => ({ family, method, mean: scoreOf(method, '5 %').mean }))
    return scored.toSorted((a, b) => b.mean - a.mean).slice(0, 1)
  })
  const rows = (Object.keys(fractions) as Fraction[]).flatMap((fraction) =>
    best.map(({ family, method }) => {
      const { mean, lower90, queries, masks } = scoreOf(method, fraction)
      const unit = `Spearman, ${queries} queries, ${masks} masks, ${method.slice(family.length + 1)}`
      return { figure: `lds ${family} ${fraction}`, value: mean, unit: `${unit}; lower 90 % ${lower90.toFixed(3)}` }
    }),
  )
  return { rows, versions }
}

async function studyPeers(engine: Engine, dataSeed: number, say: (line: string) => void) {
  const protocol = await openProtocol(engine, { dataSeed })
  const what = `data seed ${dataSeed}`
  const { theta, close } = await trainProtocol(protocol, { say, what })
  await close()
  const reference = (await queryLosses(protocol, [theta]))[0]!
  const { scores, versions } = await peerScores(protocol, theta, say)
  const studies = new Map<string, Map<Fraction, Study>>([...scores.keys()].map((method) => [method, new Map()]))
  for (const [fraction, removed] of Object.entries(fractions) as [Fraction, number][]) {
    const count = masksOfEach
    const masks = drawMasks(protocol.texts.samples.length, { removed, count, seed: `data ${dataSeed}` })
    const thetas = await retrainMasks(protocol, masks, { say, what: `${what}, ${fraction} removed` })
    const actual = changesOf(await queryLosses(protocol, thetas), reference)
    for (const [method, own] of scores) {
      studies.get(method)!.set(fraction, { predicted: own.map((row) => predictedChanges(row, masks)), actual })
    }
  }
  return { studies, versions }
}
