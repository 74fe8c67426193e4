import { withLease, type PaymentKey } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/**
 * One at a time for each payment, among all processes that share the database: whoever comes while it is worked on waits,
 * and is then judged by what is stored. Throws store/lease-busy after `waitMs`.
 */
export function alone<T>(
  { store }: Pick<ToolContext, 'store'>,
  { payer, nonce }: PaymentKey,
  work: (signal: AbortSignal) => Promise<T>,
  waitMs?: number,
): Promise<T> {
  const key = `payment/${payer.toLowerCase()}/${nonce}`
  return withLease(store, { key, ...(waitMs === undefined ? {} : { waitMs }) }, work)
}
