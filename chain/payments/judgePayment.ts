import type { PaymentRequirements } from '@x402/core/types'
import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { readBalance } from '../actions/readBalance.ts'
import type { Chain } from '../client/openChain.ts'
import { facilitator, silencesOf } from './facilitator.ts'
import type { DecodedPayment } from './paymentScheme.ts'
import { codeOfReason, refusal } from './refusal.ts'

/**
 * Why a payment that the token would not take now is refused, by the x402 package's own verification. Returns where it finds
 * nothing wrong with it. Cost: six calls of the node. Throws one of `refusals`, and what viem throws.
 */
export async function judgePayment(
  chain: Chain,
  { payment, requirements }: { payment: DecodedPayment; requirements: PaymentRequirements },
): Promise<void> {
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
}

async function isContract({ reader }: Chain, account: Address): Promise<boolean> {
  return ((await reader.getCode({ address: account })) ?? '0x') !== '0x'
}

function underfunded(payment: DecodedPayment, balanceWei: bigint) {
  const { payer, amountWei } = payment
  return refusal('payment/underfunded', { payer, askedWei: String(amountWei), balanceWei: String(balanceWei) })
}
