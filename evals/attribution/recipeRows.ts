import { retrain, smoothnessOf, type Engine, type Recipe } from '../../models/index.ts'
import type { Row } from '../renderTable.ts'
import { openProtocol } from './openProtocol.ts'
import { protocolRecipe } from './protocolRecipe.ts'
import { queryLosses } from './queryLosses.ts'

const rough = { warmupPpm: 0, decay: 'none', epsilonPpb: 10 } as const

/** Each with rates around its best, so that none is judged by a rate that was made for another. */
const recipes: Record<string, { changes: Partial<Recipe>; ratesPpb: readonly number[] }> = {
  'smooth Adam (warm-up, decay, epsilon 1e-3)': {
    changes: {},
    ratesPpb: [2_500_000, 5_000_000, 10_000_000, 20_000_000, 40_000_000],
  },
  'SGD with momentum (warm-up, decay)': {
    changes: { sgdMomentumPpm: 900_000 },
    ratesPpb: [30_000_000, 100_000_000, 300_000_000, 1_000_000_000],
  },
  'rough Adam (constant rate, epsilon 1e-8)': {
    changes: rough,
    ratesPpb: [600_000, 1_250_000, 2_500_000, 5_000_000, 10_000_000],
  },
}

/** What smoothness costs: mean loss of the protocol's held-out queries by each recipe at its best rate, first draw of data. */
export async function recipeRows(engine: Engine, say: (line: string) => void): Promise<Row[]> {
  const best = new Map<string, { loss: number; ratePpb: number; smooth: boolean }>()
  for (const [name, { changes, ratesPpb }] of Object.entries(recipes)) {
    for (const ratePpb of ratesPpb) {
      const recipe = protocolRecipe({ seed: 1, ...changes, learningRatePpb: ratePpb })
      const protocol = await openProtocol(engine, { recipe })
      const ones = new Float32Array(protocol.run.plan.samples.length).fill(1)
      const { thetas } = await retrain(engine, protocol.run, [ones])
      const losses = (await queryLosses(protocol, thetas))[0]!
      const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length
      say(`${name}, rate ${ratePpb / 1e9}: ${loss.toFixed(4)} nats`)
      if (loss < (best.get(name)?.loss ?? Infinity)) {
        best.set(name, { loss, ratePpb, smooth: smoothnessOf(recipe).smooth })
      }
    }
  }
  return Array.from(best, ([name, { loss, ratePpb, smooth }]) => ({
    figure: `loss of the queries, ${name}`,
    value: loss,
    unit: `nats, rate ${ratePpb / 1e9}, ${smooth ? 'smooth' : 'rough'}`,
  }))
}
