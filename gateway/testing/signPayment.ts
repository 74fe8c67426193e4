import { encodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { x402Client } from '@x402/fetch'
import type { LocalAccount } from 'viem'

/** A payment signed by the x402 package for what is asked, or for something else; `alter` forges it after signing. */
export async function signPayment(
  account: LocalAccount,
  asked: PaymentRequirements,
  { instead = {}, alter }: { instead?: Partial<PaymentRequirements>; alter?: (payload: PaymentPayload) => void } = {},
): Promise<string> {
  const client = new x402Client()
    .register('eip155:*', new ExactEvmScheme(account))
    .setSpendControls({ allowedAssets: true })
  const resource = { url: 'http://shop/v1/chat/completions', description: '', mimeType: 'application/json' }
  const payload = await client.createPaymentPayload({ x402Version: 2, resource, accepts: [{ ...asked, ...instead }] })
  alter?.(payload)
  return encodePaymentSignatureHeader(payload)
}
