import { findError, type Address, type Digest } from '../../kernel/index.ts'
import { getPayment, markFailed } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { alone } from './alone.ts'

/** What was reserved so lately may only just begin. */
const youngMs = 5_000

/**
 * A payment that has its channel and nobody at work on it gives way to the next one: it was never charged. True when the channel
 * is free now.
 */
export async function supersede(ctx: ToolContext, key: { payer: Address; nonce: Digest }): Promise<boolean> {
  const giveWay = async (): Promise<boolean> => {
    const { state, reservedAtMs } = await getPayment(ctx.store, key)
    if (state !== 'reserved') return true
    if (reservedAtMs + youngMs > ctx.now()) return false
    await markFailed(ctx.store, { ...key, failure: 'payment/superseded', atMs: ctx.now() })
    return true
  }
  return alone(ctx, key, giveWay, 0).catch((failure: unknown) => {
    if (findError(failure)?.code === 'store/lease-busy') return false
    throw failure
  })
}
