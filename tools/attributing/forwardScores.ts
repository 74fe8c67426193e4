import type { AttributionEngine } from '../../attribution/index.ts'
import type { Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'

/**
 * Scores of an answer's payee groups by the forward form, [K] in nats: the answer is run with the adapter that gave it and
 * with each that was trained without a group. Cost: K + 1 rows above one frozen state. Throws as counterfactualForward does,
 * tools/adapter-changed, models/context-length.
 */
export async function forwardScores(
  ctx: Pick<ToolContext, 'home' | 'engine'>,
  {
    promptIds,
    answerIds,
    adapter,
    thetasWithout,
    by,
  }: {
    promptIds: readonly number[]
    answerIds: readonly number[]
    adapter: Digest
    thetasWithout: readonly Float32Array[]
    by: AttributionEngine
  },
): Promise<Float64Array> {
  const { theta, layout } = await readAdapter(ctx, adapter)
  const method = by.money({ theta, thetasWithout })
  return method.score({
    gradient: new Float32Array(0),
    lossesAt: async (thetas) => (await ctx.engine.answerLosses({ promptIds, answerIds, thetas, layout })).lossesNats,
  })
}
