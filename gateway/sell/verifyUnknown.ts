import type { DecodedPayment } from '../../chain/index.ts'
import { findPayment } from '../../store/index.ts'
import { quoteFor, schemeOf, type ChatRequest, type ToolContext } from '../../tools/index.ts'

type Order = { request: ChatRequest; payment: DecodedPayment; quote?: string | undefined }

/**
 * Verifies a payment before anything is done in its payer's name, without a lease or a row; one that is known was verified
 * when it was reserved. Throws the codes of `payment/…`. Cost: a look at the store, and the scheme's calls of the chain.
 */
export async function verifyUnknown(ctx: ToolContext, { request, payment, quote }: Order): Promise<void> {
  const known = await findPayment(ctx.store, { payer: payment.payer, nonce: payment.nonce })
  if (known) return
  const { feeWei } = await quoteFor(request, ctx, quote)
  const scheme = schemeOf(ctx, payment.scheme)
  await scheme.verify(payment, { requirements: scheme.requirements({ amountWei: feeWei }), now: ctx.now() })
}
