import { tinyDatanet, trainTinyModel } from '../../../tools/testing/trainTinyModel.ts'
import { openTestContext, type TestContext } from '../../../tools/testing/openTestContext.ts'
import type { Seller } from '../../../gateway/index.ts'
import { openTestGateway } from '../../../gateway/testing/openTestGateway.ts'
import type { ToolContext } from '../../../tools/index.ts'

export type SellingSystem = {
  edges: TestContext
  ctx: ToolContext
  url: string
  seller: Seller
  model: string
  close: () => Promise<void>
}

/** What the engine says, always and at once: the time of an answer is then what paying for it takes. */
const said = { ids: [1, 2, 3], text: 'a river', finish: 'stop' as const }

/**
 * The real gateway over a real anvil, PGlite on disk and a model on sale, whose engine answers at once with the same words. Answers are
 * not attributed: that happens after they have left.
 */
export async function openSellingSystem(): Promise<SellingSystem> {
  const edges = await openTestContext({ onDisk: true })
  await trainTinyModel(edges.ctx)
  const { answers, workflows } = edges.ctx
  const ctx: ToolContext = {
    ...edges.ctx,
    answers: {
      ...answers,
      admit: async () => ({ release: () => undefined, done: () => undefined }),
      generate: async ({ promptIds }) => ({
        ...said,
        stamp: edges.ctx.engine.stamp,
        promptTokens: promptIds.length,
        paddedLength: promptIds.length,
      }),
    },
    workflows: { ...workflows, start: async () => undefined },
  }
  const gateway = await openTestGateway(ctx, [])
  return {
    edges,
    ctx,
    url: gateway.url,
    seller: gateway.seller,
    model: tinyDatanet,
    close: async () => {
      await gateway.close()
      await edges.close()
    },
  }
}
