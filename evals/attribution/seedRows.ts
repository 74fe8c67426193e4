import { shareDistance } from '../../attribution/index.ts'
import type { Engine } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import { payeeMasks } from './drawMasks.ts'
import { columnSums, sharesOf } from './languageRows.ts'
import { openProtocol } from './openProtocol.ts'
import { protocolRecipe } from './protocolRecipe.ts'
import { queryLosses } from './queryLosses.ts'
import { retrainMasks } from './retrainMasks.ts'
import { changesOf } from './studyLanguage.ts'

const seeds = [1, 2, 3, 4]

/**
 * How far payouts depend on the seed of training (initial adapter and order), the data being the same: effects of leaving
 * out each payee under four seeds, retrained. Shares are of the positive part, by one seed against another; and once more
 * where an effect within two standard deviations over the seeds is not paid. Cost: 52 retrainings.
 */
export async function seedRows(engine: Engine, say: (line: string) => void): Promise<Row[]> {
  const bySeed: Float64Array[][] = []
  for (const seed of seeds) {
    const protocol = await openProtocol(engine, { dataSeed: 1, recipe: protocolRecipe({ seed }) })
    const { payeeOfSample, payees } = protocol.texts
    const masks = [new Float32Array(payeeOfSample.length).fill(1), ...payeeMasks(payeeOfSample, payees.length)]
    const thetas = await retrainMasks(protocol, masks, { say, what: `training seed ${seed}` })
    const losses = await queryLosses(protocol, thetas)
    bySeed.push(changesOf(losses.slice(1), losses[0]!))
  }
  const first = bySeed[0]!
  const noise = first.map((own, q) => Float64Array.from(own, (_, c) => deviation(bySeed.map((of) => of[q]![c]!))))
  const clear = bySeed.map((of) =>
    of.map((own, q) => own.map((effect, c) => (effect > 2 * noise[q]![c]! ? effect : 0))),
  )
  const paid = clear.flat().reduce((sum, own) => sum + own.filter((effect) => effect > 0).length, 0)
  const helped = bySeed.flat().reduce((sum, own) => sum + own.filter((effect) => effect > 0).length, 0)
  const row = (figure: string, value: number, unit: string): Row => ({ figure, value, unit })
  return [
    row('seed stability, per answer', distances(bySeed).perAnswer, `L1/2 between ${seeds.length} seeds`),
    row('seed stability', distances(bySeed).overAll, `L1/2 between ${seeds.length} seeds, over all answers`),
    row('seed stability, per answer, effects over two deviations', distances(clear).perAnswer, 'L1/2'),
    row('seed stability, effects over two deviations', distances(clear).overAll, 'L1/2, over all answers'),
    row('payee effects over two deviations', paid / helped, 'of those above 0'),
    row(
      'deviation of a payee effect over seeds',
      Math.sqrt(meanOf(noise.flatMap((own) => [...own].map((s) => s * s)))),
      'nats',
    ),
  ]
}

/** Mean over all pairs of seeds. */
function distances(bySeed: readonly Float64Array[][]): { perAnswer: number; overAll: number } {
  const shares = bySeed.map((of) => of.map((own) => sharesOf(own)))
  const pairs = shares.flatMap((a, i) => shares.slice(i + 1).map((b) => [a, b] as const))
  return {
    perAnswer: meanOf(pairs.flatMap(([a, b]) => a.map((own, q) => shareDistance(own, b[q]!)))),
    overAll: meanOf(pairs.map(([a, b]) => shareDistance(columnSums(a), columnSums(b)))),
  }
}

function deviation(values: readonly number[]): number {
  const mean = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
