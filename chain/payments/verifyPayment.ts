import type { PaymentRequirements } from '@x402/core/types'
import { isAddressEqual } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { chainError } from '../client/chainError.ts'
import { isNoAnswer } from '../client/failureText.ts'
import type { Chain } from '../client/openChain.ts'
import { transferData } from './exactPayload.ts'
import { judgePayment } from './judgePayment.ts'
import type { DecodedPayment } from './paymentScheme.ts'
import { refusal } from './refusal.ts'

/** Time that must be left to settle a payment, in seconds; what the x402 package asks for as well. */
export const settleSeconds = 6

/**
 * Whether a payment would settle now, for exactly what is asked. Changes nothing.
 *
 * Its settlement is tried on the newest block: what the token takes there has a good signature, money behind it, and a nonce
 * that is free. Only of what it does not take the x402 package is asked why.
 * Cost: one call of the node for a good payment. Throws one of `refusals`, or chain/unreachable.
 */
export async function verifyPayment(
  chain: Chain,
  {
    payment,
    requirements,
    now = Date.now(),
  }: { payment: DecodedPayment; requirements: PaymentRequirements; now?: number },
): Promise<void> {
  compareTerms(payment, requirements, BigInt(Math.floor(now / 1_000)))
  try {
    if (!(await wouldSettle(chain, payment))) await judgePayment(chain, { payment, requirements })
  } catch (error) {
    throw chainError(error, { action: 'verifying a payment' })
  }
}

async function wouldSettle({ reader, writer, contracts }: Chain, { payload }: DecodedPayment): Promise<boolean> {
  try {
    await reader.call({ account: writer.account.address, to: contracts.openToken, data: transferData(payload) })
    return true
  } catch (error) {
    if (isNoAnswer(error)) throw error
    return false
  }
}

function compareTerms(payment: DecodedPayment, asked: PaymentRequirements, nowSeconds: bigint): void {
  const { payer, amountWei, validAfter, validBefore } = payment
  const askedWei = BigInt(asked.amount)
  const signature = String(payment.payload.payload.signature)
  if (payment.scheme !== asked.scheme)
    throw refusal('payment/wrong-scheme', { asked: asked.scheme, got: payment.scheme })
  if (payment.network !== asked.network) {
    throw refusal('payment/wrong-network', { asked: asked.network, got: payment.network })
  }
  if (!isAddressEqual(payment.asset, asked.asset as Address)) {
    throw refusal('payment/wrong-asset', { asked: asked.asset, got: payment.asset })
  }
  if (!isAddressEqual(payment.payTo, asked.payTo as Address)) {
    throw refusal('payment/wrong-payee', { asked: asked.payTo, got: payment.payTo })
  }
  const amounts = { askedWei: asked.amount, offeredWei: amountWei.toString() }
  if (amountWei < askedWei) throw refusal('payment/underpaid', amounts)
  if (amountWei > askedWei) throw refusal('payment/overpaid', amounts)
  const times = {
    payer,
    nowSeconds: Number(nowSeconds),
    validAfter: String(validAfter),
    validBefore: String(validBefore),
  }
  if (validBefore < nowSeconds + BigInt(settleSeconds)) throw refusal('payment/expired', times)
  if (validAfter >= nowSeconds) throw refusal('payment/not-yet-valid', times)
  if (signature.length !== 132)
    throw refusal('payment/smart-account', { payer, signatureBytes: signature.length / 2 - 1 })
}
