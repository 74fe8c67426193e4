import type { PaymentRequirements } from '@x402/core/types'
import { getAddress, isAddressEqual, type Address } from 'viem'
import { chainError } from '../../client/chainError.ts'
import type { Chain } from '../../client/openChain.ts'
import { networkOf, openDomain } from '../paymentRequirements.ts'
import type { DecodedPayment, PaymentScheme } from '../paymentScheme.ts'
import { refusal } from '../refusal.ts'
import { settleSeconds } from '../verifyPayment.ts'
import { findUpto } from './findUpto.ts'
import { codeOfUptoReason, uptoFacilitator } from './uptoFacilitator.ts'
import { decodeUpto } from './uptoPayload.ts'

/**
 * x402 `upto` by Permit2: the payer signs for the price, and what was made is taken, at most that; the answer leaves when it
 * has moved. Permit2 needs an allowance: the payer's own approval, or a permit (EIP-2612) that comes with the payment.
 */
export function uptoScheme(chain: Chain): PaymentScheme {
  const requirements: PaymentScheme['requirements'] = ({ amountWei }) => ({
    scheme: 'upto',
    network: networkOf(chain.chainId),
    asset: getAddress(chain.contracts.openToken),
    amount: amountWei.toString(),
    payTo: getAddress(chain.contracts.feeEscrow),
    maxTimeoutSeconds: 900,
    extra: { ...openDomain, assetTransferMethod: 'permit2', facilitatorAddress: chain.writer.account.address },
  })
  return {
    id: 'upto',
    leaves: 'settled',
    charges: 'made',
    requirements,
    decode: decodeUpto,
    // A permit replaces the allowance that an earlier one has given: the payment after it would find too little.
    exclusive: ({ payer, payload }) =>
      payload.extensions?.['eip2612GasSponsoring'] === undefined ? undefined : `permit/${payer}`,
    async verify(payment, terms) {
      compareTerms(payment, terms.requirements, BigInt(Math.floor(terms.now / 1_000)))
      try {
        const used = await findUpto(chain, { payer: payment.payer, nonce: BigInt(payment.nonce) })
        if (used) throw refusal('payment/replayed', { payer: payment.payer, nonce: payment.nonce, tx: used.tx })
        const verified = await uptoFacilitator(chain).verify(payment.payload, terms.requirements)
        if (verified.isValid) return
        const reason = verified.invalidReason ?? 'unknown'
        throw refusal(codeOfUptoReason(reason), { reason, payer: payment.payer })
      } catch (error) {
        throw chainError(error, { action: 'verifying a payment' })
      }
    },
    async settle({ payer, nonce, payload }, amountWei) {
      const look = () => findUpto(chain, { payer, nonce: BigInt(nonce) })
      try {
        const before = await look()
        if (before) return { ...before, sent: false }
        const result = await uptoFacilitator(chain).settle(payload, requirements({ amountWei }))
        const after = await look()
        if (after) {
          await chain.persist()
          return { ...after, sent: result.success }
        }
        const reason = result.errorReason ?? 'unknown'
        const code = codeOfUptoReason(reason)
        throw refusal(code, { reason, payer, nonce, tx: result.transaction }, code === 'payment/not-settled')
      } catch (error) {
        throw chainError(error, { action: 'settling a payment' })
      }
    },
  }
}

function compareTerms(payment: DecodedPayment, asked: PaymentRequirements, nowSeconds: bigint): void {
  const { payer, amountWei, validAfter, validBefore } = payment
  const differs = (got: string, wanted: string) => !isAddressEqual(got as Address, wanted as Address)
  if (payment.network !== asked.network)
    throw refusal('payment/wrong-network', { asked: asked.network, got: payment.network })
  if (differs(payment.asset, asked.asset))
    throw refusal('payment/wrong-asset', { asked: asked.asset, got: payment.asset })
  if (differs(payment.payTo, asked.payTo))
    throw refusal('payment/wrong-payee', { asked: asked.payTo, got: payment.payTo })
  const amounts = { askedWei: asked.amount, offeredWei: amountWei.toString() }
  if (amountWei < BigInt(asked.amount)) throw refusal('payment/underpaid', amounts)
  if (amountWei > BigInt(asked.amount)) throw refusal('payment/overpaid', amounts)
  const times = { payer, nowSeconds: Number(nowSeconds), validBefore: String(validBefore) }
  if (validBefore < nowSeconds + BigInt(settleSeconds)) throw refusal('payment/expired', times)
  if (validAfter > nowSeconds) throw refusal('payment/not-yet-valid', times)
}
