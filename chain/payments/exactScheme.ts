import type { Chain } from '../client/openChain.ts'
import { decodeExact } from './exactPayload.ts'
import { paymentRequirements } from './paymentRequirements.ts'
import type { PaymentScheme } from './paymentScheme.ts'
import { settlePayment } from './settlePayment.ts'
import { verifyPayment } from './verifyPayment.ts'

/** x402 `exact` by EIP-3009: the payer signs the transfer of the whole price, and the answer leaves when it has moved. */
export function exactScheme(chain: Chain): PaymentScheme {
  return {
    id: 'exact',
    leaves: 'settled',
    charges: 'quoted',
    requirements: (quote) => paymentRequirements(chain, quote),
    decode: decodeExact,
    verify: (payment, terms) => verifyPayment(chain, { payment, ...terms }),
    settle: (payment, amountWei) =>
      settlePayment(chain, { payment, requirements: paymentRequirements(chain, { amountWei }) }),
  }
}
