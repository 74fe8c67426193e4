import type { PaymentRequirements } from '@x402/core/types'
import { isAddressEqual } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { readBalance } from '../actions/readBalance.ts'
import { chainError } from '../client/chainError.ts'
import type { Chain } from '../client/openChain.ts'
import { facilitator, silencesOf } from './facilitator.ts'
import type { DecodedPayment } from './paymentScheme.ts'
import { codeOfReason, refusal } from './refusal.ts'

/** Time that must be left to settle a payment, in seconds; what the x402 package asks for as well. */
export const settleSeconds = 6

/**
 * Whether a payment would settle now, for exactly what is asked. Changes nothing.
 * Cost: six calls of the node and one signature recovery. Throws one of `refusals`, or chain/unreachable.
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
    const { openToken: token } = chain.contracts
    const used = { address: token, abi: openToken.abi, functionName: 'authorizationState' } as const
    const [isUsed, balanceWei] = await Promise.all([
      chain.reader.readContract({ ...used, args: [payment.payer, payment.nonce] }),
      readBalance(chain, payment.payer),
    ])
    // The x402 package tells these two apart only where a multicall contract is deployed.
    if (isUsed) throw refusal('payment/replayed', { payer: payment.payer, nonce: payment.nonce })
    const { count } = silencesOf(chain)
    const verified = await facilitator(chain).verify(payment.payload, requirements)
    if (!verified.isValid) {
      const silence = silencesOf(chain)
      if (silence.count > count) throw silence.last
      const code = codeOfReason(verified.invalidReason)
      if (balanceWei < payment.amountWei && code === 'payment/not-settled') throw underfunded(payment, balanceWei)
      // A contract may call a signature its own that the token, which recovers the signer, does not take.
      if (code === 'payment/not-settled' && (await isContract(chain, payment.payer)))
        throw refusal('payment/smart-account', { payer: payment.payer })
      // What the package can't name is the node's doing: no reason to sign again.
      const facts = { reason: verified.invalidReason ?? 'unknown', payer: payment.payer }
      throw refusal(code, facts, code === 'payment/not-settled')
    }
    if (balanceWei < payment.amountWei) throw underfunded(payment, balanceWei)
  } catch (error) {
    throw chainError(error, { action: 'verifying a payment' })
  }
}

async function isContract({ reader }: Chain, account: Address): Promise<boolean> {
  return ((await reader.getCode({ address: account })) ?? '0x') !== '0x'
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

function underfunded(payment: DecodedPayment, balanceWei: bigint) {
  const { payer, amountWei } = payment
  return refusal('payment/underfunded', { payer, askedWei: String(amountWei), balanceWei: String(balanceWei) })
}
