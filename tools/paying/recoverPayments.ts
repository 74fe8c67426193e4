import { refund } from '../../chain/index.ts'
import { findError, type Digest } from '../../kernel/index.ts'
import {
  currentEpoch,
  getPayment,
  markFailed,
  markRefunded,
  unfinishedPayments,
  type Payment,
  type PaymentKey,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { alone } from './alone.ts'
import { settleAnswered } from './settleAnswered.ts'

export type Recovered = { settled: number; failed: number; refunded: number; left: number }

const clockSkewMs = 10 * 60_000

/**
 * Finishes what a crash left: settles what was answered; what has no answer waits for its buyer until it expires; what was
 * taken and has none by then is refunded.
 * A payment that can't be settled now is counted as left, and keeps nobody from starting.
 */
export async function recoverPayments(ctx: ToolContext): Promise<Recovered> {
  const count = { settled: 0, failed: 0, refunded: 0, left: 0 }
  const batched = ctx.schemes.filter(({ leaves }) => leaves === 'answered').map(({ id }) => id)
  for (const { payer, nonce } of await unfinishedPayments(ctx.store, { reservedBeforeMs: ctx.now(), batched })) {
    const key = { payer, nonce }
    // What another process is at work on is not left behind.
    const end = alone(ctx, key, () => finish(ctx, key), 0).catch((failure: unknown) => {
      if (findError(failure)?.code === 'store/lease-busy') return 'left' as const
      throw failure
    })
    count[await end]++
  }
  return count
}

async function finish(ctx: ToolContext, key: PaymentKey): Promise<keyof Recovered> {
  const payment = await getPayment(ctx.store, key)
  if (payment.state === 'reserved') {
    if (payment.validBeforeMs >= ctx.now()) return 'left'
    await markFailed(ctx.store, { ...key, failure: 'payment/expired', atMs: ctx.now() })
    return 'failed'
  }
  if (payment.state === 'settled' && payment.receipt === null) return refundUnanswered(ctx, payment)
  if (payment.state !== 'answered' && payment.state !== 'settling') return 'left'
  try {
    const { receipt } = await settleAnswered(ctx, payment)
    await ctx.workflows.start('attribute', `attribute/${receipt}`, [receipt])
    return 'settled'
  } catch (failure) {
    const found = findError(failure)
    if (found === undefined) throw failure
    ctx.log.warn({ err: failure }, 'a payment was not settled')
    // The chain did not take it and never will: its time is over, by any clock.
    const isDead = found.code.startsWith('payment/') && payment.validBeforeMs + clockSkewMs < ctx.now()
    if (isDead) await markFailed(ctx.store, { ...key, failure: found.code, atMs: ctx.now() })
    return (await getPayment(ctx.store, key)).state === 'failed' ? 'failed' : 'left'
  }
}

/** Money that moved for an answer that can no longer be delivered goes back, as long as its epoch is open. */
async function refundUnanswered(ctx: ToolContext, payment: Payment): Promise<keyof Recovered> {
  const { payer, nonce, feeWei, scheme, validBeforeMs } = payment
  // Its buyer may still come for it; and only an authorisation (EIP-3009) can be paid back by the escrow.
  if (validBeforeMs >= ctx.now() || scheme !== 'exact') return 'left'
  try {
    const { number: epoch } = await currentEpoch(ctx.store, {})
    const { tx } = await refund(ctx.chain, { epoch, payer, nonce, amountWei: feeWei })
    await markRefunded(ctx.store, { payer, nonce, refundTx: tx as Digest, atMs: ctx.now() })
    return 'refunded'
  } catch (failure) {
    if (findError(failure) === undefined) throw failure
    ctx.log.warn({ err: failure }, 'a payment was not refunded')
    return 'left'
  }
}
