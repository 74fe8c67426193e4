import { toWeiString } from '../kernel/index.ts'
import type { quote } from './quote.ts'
import { canonicalRequest } from './canonicalRequest.ts'
import { quoteExpiry, quoteId } from './pricing/quoteId.ts'
import { quoteFor } from './quoteFor.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof quote> = async (request, ctx) => {
  const { model, adapter, promptIds, maxTokens, feeWei, prices } = await quoteFor(request, ctx)
  const expiresAtMs = quoteExpiry(ctx.now())
  const id = await quoteId(ctx, { request: canonicalRequest(request), adapter }, { prices, expiresAtMs })
  const { openToken, feeEscrow } = ctx.chain.contracts
  return {
    model,
    adapter,
    promptTokens: promptIds.length,
    maxTokens,
    feeWei: toWeiString(feeWei),
    quote: id,
    expiresAt: new Date(expiresAtMs).toISOString(),
    asset: openToken,
    payTo: feeEscrow,
    chainId: ctx.chain.chainId,
  }
}
