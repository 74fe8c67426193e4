import { OFFER_RECEIPT } from '@x402/extensions/offer-receipt'
import { signedPaymentReceipt, type Charged, type DecodedPayment } from '../../chain/index.ts'
import type { ChatRequest, ToolContext } from '../../tools/index.ts'
import { sellOnce } from '../extensions/sellOnce.ts'
import type { Call, Seller } from './createSeller.ts'
import type { DeliveredAnswer } from './readAnswer.ts'

export type Delivery = { answer: DeliveredAnswer; charged: Charged }

export type Order = { request: ChatRequest; payment: DecodedPayment; resourceUrl: string } & Call

/**
 * Sells the answer over any transport; the buyer may leave until it is made. A client that knows the protocol's signed
 * receipts (it sends the extension back) gets one beside ours.
 */
export async function deliverAnswer(ctx: ToolContext, seller: Seller, order: Order): Promise<Delivery> {
  const { resourceUrl, ...sale } = order
  const started = performance.now()
  const sold = await sellOnce(ctx, seller, sale)
  ctx.log.info({ receipt: sold.receipt, ms: Math.round(performance.now() - started) }, 'answer sold')
  const { answer, transaction: tx, payer, feeWei: amountWei, extra } = sold
  const { chainId } = ctx.chain
  const wanted = order.payment.payload.extensions?.[OFFER_RECEIPT] !== undefined
  const signer = { server: ctx.keys.server, chainId }
  const extensions = wanted ? await signedPaymentReceipt(signer, { resourceUrl, payer, tx }) : undefined
  return {
    answer,
    charged: { tx, payer, amountWei, chainId, ...(extra ? { extra } : {}), ...(extensions ? { extensions } : {}) },
  }
}
