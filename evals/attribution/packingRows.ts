import {
  counterfactualDeltas,
  counterfactualLinear,
  packDelta,
  parameterImportance,
  rankCorrelation,
  unpackDelta,
} from '../../attribution/index.ts'
import type { Engine } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import { openProtocol } from './openProtocol.ts'
import { queryGradients, queryLosses } from './queryLosses.ts'
import { changesOf } from './studyLanguage.ts'
import { trainProtocol } from './trainProtocol.ts'

const mostLoss = 0.01
const mostBytes = 0.1

/**
 * What storing counterfactual adapters packed costs in rank correlation: over payees, the mean over queries of all draws.
 * `loss`: 1 less the correlation of packed scores with those of the fp32 adapters; and what packed linear scores lose
 * against the truth, the forward effects of the fp32 adapters.
 */
export async function packingRows(
  engine: Engine,
  { dataSeeds, say }: { dataSeeds: readonly number[]; say: (line: string) => void },
): Promise<Row[]> {
  const bytes: number[] = []
  const linearLosses: number[] = []
  const forwardLosses: number[] = []
  const truth: { exact: number; packed: number }[] = []
  for (const dataSeed of dataSeeds) {
    const protocol = await openProtocol(engine, { dataSeed })
    const what = `data seed ${dataSeed}`
    const { theta, thetasWithout, path, close } = await trainProtocol(protocol, { say, what })
    const importance = await parameterImportance(path)
    await close()
    const unpacked = thetasWithout.map((without) => {
      const packed = packDelta(counterfactualDeltas(theta, [without]), { importance })
      bytes.push(packed.length / (4 * theta.length))
      const delta = unpackDelta(packed, theta.length)
      return theta.map((x, p) => x + delta[p]!)
    })
    const [reference, ...losses] = await queryLosses(protocol, [theta, ...thetasWithout, ...unpacked])
    const exactEffects = changesOf(losses.slice(0, thetasWithout.length), reference!)
    const packedEffects = changesOf(losses.slice(thetasWithout.length), reference!)
    const exact = counterfactualLinear({ theta, thetasWithout })
    const packed = counterfactualLinear({ theta, thetasWithout: unpacked })
    for (const [q, gradient] of (await queryGradients(protocol, theta)).entries()) {
      const [fine, coarse] = [await exact.score({ gradient }), await packed.score({ gradient })]
      linearLosses.push(1 - rankCorrelation(fine, coarse))
      forwardLosses.push(1 - rankCorrelation(exactEffects[q]!, packedEffects[q]!))
      truth.push({
        exact: rankCorrelation(fine, exactEffects[q]!),
        packed: rankCorrelation(coarse, exactEffects[q]!),
      })
    }
  }
  const unit = `1 - Spearman over payees, mean of ${linearLosses.length} answers`
  const worse = meanOf(truth.map(({ exact }) => exact)) - meanOf(truth.map(({ packed }) => packed))
  return [
    row('packed bytes per payee over bytes of the adapter', meanOf(bytes), 'of all', mostBytes),
    row('packed linear scores, rank correlation loss', meanOf(linearLosses), unit, mostLoss),
    row('packed forward scores, rank correlation loss', meanOf(forwardLosses), unit, mostLoss),
    row('packed linear scores, loss against the forward effects', worse, 'Spearman', mostLoss),
  ]
}

function row(figure: string, value: number, unit: string, most: number): Row {
  return { figure, value, unit, goal: `<= ${most}`, met: value <= most }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
