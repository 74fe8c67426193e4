import type { PaymentRequirements } from '@x402/core/types'
import type { Digest } from '../../kernel/index.ts'
import { chainError } from '../client/chainError.ts'
import type { Chain } from '../client/openChain.ts'
import type { Sent } from '../client/sendOnce.ts'
import { facilitator } from './facilitator.ts'
import type { PaymentToSettle } from './paymentScheme.ts'
import { codeOfReason, refusal } from './refusal.ts'
import { settlementState } from './settlementState.ts'

/**
 * Takes the money of a payment, once: the token moves it from payer to fee escrow by the payer's authorisation.
 * Asks the chain first and after any failure, so that a repetition, a race or a crash never charges twice and never
 * reports a failure for what was charged. Throws one of `refusals`, chain/unreachable, chain/no-gas.
 */
export async function settlePayment(
  chain: Chain,
  { payment, requirements }: { payment: PaymentToSettle; requirements: PaymentRequirements },
): Promise<Sent> {
  const before = await settled(chain, payment, requirements)
  if (before !== undefined) return { ...before, sent: false }

  const result = await facilitator(chain)
    .settle(payment.payload, requirements)
    .catch((error: unknown) => {
      throw chainError(error, { action: 'settling a payment' })
    })
  const after = await settled(chain, payment, requirements)
  if (after !== undefined) {
    await chain.persist('blocks')
    return { ...after, sent: result.success }
  }
  const reason = result.errorReason ?? 'unknown'
  // What the package can't name is the node's doing, or a transaction that is still on its way: worth another try.
  const code = codeOfReason(result.errorReason)
  const facts = { reason, payer: payment.payer, nonce: payment.nonce, tx: result.transaction }
  throw refusal(code, facts, code === 'payment/not-settled')
}

async function settled(
  chain: Chain,
  { payer, nonce }: PaymentToSettle,
  requirements: PaymentRequirements,
): Promise<{ tx: Digest; block: number } | undefined> {
  try {
    const state = await settlementState(chain, { payer, nonce })
    if (state.state === 'open') return undefined
    if (state.state === 'settled' && state.amountWei >= BigInt(requirements.amount)) {
      return { tx: state.tx, block: state.block }
    }
    throw refusal('payment/replayed', { payer, nonce, tx: state.tx })
  } catch (error) {
    throw chainError(error, { action: 'looking for a settlement' })
  }
}
