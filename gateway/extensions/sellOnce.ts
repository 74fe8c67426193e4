import { isValidPaymentId, PAYMENT_IDENTIFIER } from '@x402/extensions/payment-identifier'
import { z } from 'zod'
import type { DecodedPayment, PaymentPayload } from '../../chain/index.ts'
import { digestText, TributaryError } from '../../kernel/index.ts'
import { findIdentifier, findPayment, saveIdentifier, withLease } from '../../store/index.ts'
import { canonicalRequest, readPayload, schemeOf, type ChatRequest, type ToolContext } from '../../tools/index.ts'
import type { Call, Seller, Sold } from '../sell/createSeller.ts'
import { verifyUnknown } from '../sell/verifyUnknown.ts'

type Order = { request: ChatRequest; payment: DecodedPayment } & Call

/**
 * Sells for a payment that may carry an identifier of its payer's choice (x402's payment-identifier): the same id with the
 * same request gets the first answer and no second charge, also when it comes with another payment; with another
 * request it is refused. Ids are each payer's own, and count only with a good signature of that payer.
 * Throws payment/identifier-reused (409), payment/bad-identifier, and what `sell` throws.
 */
export async function sellOnce(ctx: ToolContext, seller: Seller, { request, payment, ...call }: Order): Promise<Sold> {
  const id = readIdentifier(payment.payload)
  if (id === undefined) return seller.sell(request, payment, call)
  const { payer, nonce } = payment
  const digest = digestText(canonicalRequest(request))
  // One at a time for each id: whoever comes second sees what became of the first.
  return withLease(ctx.store, { key: `identifier/${payer.toLowerCase()}/${id}` }, async () => {
    const known = await findIdentifier(ctx.store, { payer, id })
    if (known?.nonce === nonce && known.request === digest) return seller.sell(request, payment, call)
    // Only the payer's own signature speaks for its ids.
    await verifyUnknown(ctx, { request, payment, ...call })
    const first = known && (await findPayment(ctx.store, { payer, nonce: known.nonce }))
    if (known && first && first.state !== 'failed' && first.state !== 'refunded') {
      if (known.request !== digest) throw reused(id)
      const stored = schemeOf(ctx, first.scheme).decode(readPayload(first.payload))
      return seller.sell(request, stored, call)
    }
    await saveIdentifier(ctx.store, { payer, id, nonce, request: digest, atMs: ctx.now() })
    return seller.sell(request, payment, call)
  })
}

/**
 * By the package's own rule for an id. Its validation of the whole extension would compile a schema for each payment, which takes
 * longer than all the rest of a sale, and the schema is one that came with the payment.
 */
function readIdentifier({ extensions }: PaymentPayload): string | undefined {
  const sent = extensions?.[PAYMENT_IDENTIFIER]
  if (sent === undefined) return undefined
  const parsed = extension.safeParse(sent)
  if (!parsed.success)
    throw badIdentifier(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`))
  return parsed.data.info.id
}

const id = z.string().refine(isValidPaymentId, '16 to 128 letters, digits, hyphens and underscores')
const extension = z.looseObject({ info: z.looseObject({ required: z.boolean(), id: id.optional() }) })

function reused(id: string): TributaryError {
  return new TributaryError('This payment identifier stands for another request.', {
    code: 'payment/identifier-reused',
    facts: { id },
    tryThis: 'choose a new identifier for a new purchase; the same one only repeats the same request',
  })
}

function badIdentifier(errors: readonly string[]): TributaryError {
  return new TributaryError('The payment identifier is not valid.', {
    code: 'payment/bad-identifier',
    facts: { issues: errors.slice(0, 3).map((error) => error.slice(0, 200)) },
    tryThis: 'use 16 to 128 letters, digits, hyphens and underscores, or leave it out',
  })
}
