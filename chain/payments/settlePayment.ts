import type { PaymentRequirements } from '@x402/core/types'
import type { Digest } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { chainError } from '../client/chainError.ts'
import type { Chain } from '../client/openChain.ts'
import type { Sent } from '../client/sendOnce.ts'
import { submit } from '../client/submit.ts'
import { untilMined } from '../client/untilMined.ts'
import { decodeExact, transferData } from './exactPayload.ts'
import { judgePayment } from './judgePayment.ts'
import type { PaymentToSettle } from './paymentScheme.ts'
import { refusal } from './refusal.ts'
import { settlementState } from './settlementState.ts'

/**
 * Takes the money of a payment, once: the token moves it from payer to fee escrow by the payer's authorisation, of which it takes
 * only one. After whatever failed the chain is asked what became of it, so that a repetition, a race or a crash never charges
 * twice and never reports a failure for what was charged.
 * Cost: six calls of the node where nothing fails. Throws one of `refusals`, chain/unreachable, chain/no-gas,
 * chain/fee-too-high, chain/pending.
 */
export async function settlePayment(
  chain: Chain,
  { payment, requirements }: { payment: PaymentToSettle; requirements: PaymentRequirements },
): Promise<Sent> {
  let failure: unknown
  try {
    const sent = await send(chain, payment)
    if (sent !== undefined) return sent
  } catch (error) {
    failure = error
  }
  const found = await settled(chain, payment, requirements)
  if (found !== undefined) {
    await chain.persist('blocks')
    return { ...found, sent: false }
  }
  throw await reasonOf(chain, { payment, requirements, failure })
}

/** Undefined where the transaction was mined and moved nothing, or another one took its place. */
async function send(chain: Chain, { payload }: PaymentToSettle): Promise<Sent | undefined> {
  const { openToken: to } = chain.contracts
  // Under the operator's lock, so that two settlements never take the same nonce; several may be in flight.
  const flight = await chain.lock(() => submit(chain, { action, to, data: transferData(payload) }))
  const receipt = await untilMined(chain, flight)
  if (receipt === 'replaced' || receipt.status !== 'success') return undefined
  await chain.persist('blocks')
  return { tx: receipt.transactionHash, block: Number(receipt.blockNumber), sent: true }
}

const action = 'settling a payment'

async function reasonOf(
  chain: Chain,
  asked: { payment: PaymentToSettle; requirements: PaymentRequirements; failure: unknown },
): Promise<Error> {
  const { payment, requirements, failure } = asked
  const coded = failure === undefined ? undefined : chainError(failure, { action, abi: openToken.abi })
  // The node's doing, not the payment's: it is looked up and tried again.
  if (coded !== undefined && coded.code !== 'chain/reverted' && coded.code !== 'chain/failed') return coded
  try {
    await judgePayment(chain, { payment: decodeExact(payment.payload), requirements })
  } catch (error) {
    const refused = chainError(error, { action })
    // Money may still come while the authorisation lives.
    return refused.code === 'payment/underfunded' ? refusal(refused.code, refused.facts, true) : refused
  }
  // Nothing is wrong with it: what stood in its way is gone.
  const { payer, nonce } = payment
  return refusal('payment/not-settled', { reason: coded?.message ?? 'mined without effect', payer, nonce }, true)
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
