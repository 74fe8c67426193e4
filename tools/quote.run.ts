import { toWeiString } from '../kernel/index.ts'
import type { quote } from './quote.ts'
import { quoteFor } from './quoteFor.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof quote> = async (request, ctx) => {
  const { model, adapter, promptIds, maxTokens, feeWei } = await quoteFor(request, ctx)
  const { openToken, feeEscrow } = ctx.chain.contracts
  return {
    model,
    adapter,
    promptTokens: promptIds.length,
    maxTokens,
    feeWei: toWeiString(feeWei),
    asset: openToken,
    payTo: feeEscrow,
    chainId: ctx.chain.chainId,
  }
}
