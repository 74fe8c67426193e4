import { toWeiString } from '../kernel/index.ts'
import { getAdapter, listAliases } from '../store/index.ts'
import type { listModels } from './listModels.ts'
import { upstreamOf } from './upstream/upstreamOf.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listModels> = async (_, ctx) => {
  const { store, prices } = ctx
  // The last entry of a name is what it means now; the newest name comes first.
  const now = new Map((await listAliases(store, {})).map(({ name, adapter, seq }) => [name, { name, adapter, seq }]))
  const own = {
    platformWei: toWeiString(prices.platformWei),
    inputWeiPer1000: toWeiString(prices.inputWeiPer1000),
    outputWeiPer1000: toWeiString(prices.outputWeiPer1000),
  }
  const models = []
  for (const { name, adapter } of [...now.values()].toSorted((a, b) => b.seq - a.seq)) {
    const { base, datanet, recipe, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = await getAdapter(store, {
      digest: adapter,
    })
    const resold = await upstreamOf(ctx, adapter)
    models.push({
      alias: name,
      adapter,
      base,
      datanet,
      recipe,
      heldOutLossBeforeMicroNats,
      heldOutLossAfterMicroNats,
      attribution: resold?.attribution ?? ('influence' as const),
      price: resold?.price ?? own,
    })
  }
  return { models }
}
