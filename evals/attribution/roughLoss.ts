import type { Engine } from '../../models/index.ts'
import { openProtocol } from './openProtocol.ts'
import { protocolRecipe } from './protocolRecipe.ts'
import { queryLosses } from './queryLosses.ts'
import { retrainMasks } from './retrainMasks.ts'

const ratesPpb = [1_000_000, 3_000_000, 10_000_000, 30_000_000]

/**
 * What exactness costs: the lowest mean loss of the queries, nats, that the same samples, order and steps reach by a recipe
 * made for loss alone: Adam with its usual epsilon of 1e-8, no warm-up, no decay, at the best of four rates.
 */
export async function roughLoss(
  engine: Engine,
  { dataSeed, say }: { dataSeed: number; say: (line: string) => void },
): Promise<number> {
  const losses: number[] = []
  for (const learningRatePpb of ratesPpb) {
    const rough = { seed: dataSeed, learningRatePpb, warmupPpm: 0, decay: 'none', epsilonPpb: 10 } as const
    const protocol = await openProtocol(engine, { dataSeed, recipe: protocolRecipe(rough) })
    const ones = new Float32Array(protocol.texts.samples.length).fill(1)
    const thetas = await retrainMasks(protocol, [ones], { say, what: `rough recipe, rate ${learningRatePpb / 1e9}` })
    const [own] = await queryLosses(protocol, thetas)
    losses.push(own!.reduce((sum, loss) => sum + loss, 0) / own!.length)
  }
  return Math.min(...losses)
}
