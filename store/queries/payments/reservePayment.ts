import type { Address, Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import { getPayment } from './getPayment.ts'
import { lowerCase, type Payment } from './paymentRow.ts'

export type Reservation = {
  payer: Address
  nonce: Digest
  /** Digest of the canonical request that this payment is for. */
  request: Digest
  asset: Address
  chainId: number
  payTo: Address
  /** The scheme that it was signed for; exact unless given. */
  scheme?: string
  feeWei: bigint
  /** The same as `feeWei`, where what was made is charged, up to it. */
  maxWei?: bigint
  channel?: Digest
  validBeforeMs: number
  /** The signed payment payload as it came, for settling after a crash. */
  payload: string
  atMs?: number
}

/**
 * Reserve (payer, nonce) before any work: of any number of concurrent calls exactly one has `won: true`, and only
 * it may run the model. The others see the same payment; `sameRequest` false means a nonce reused for another
 * request, which must never get the first one's answer.
 * Cost: one insert (about 1 ms on PGlite).
 */
export const reservePayment = defineQuery(
  'reservePayment',
  async (store, reservation: Reservation): Promise<{ won: boolean; sameRequest: boolean; payment: Payment }> => {
    const { atMs = Date.now(), payer, asset, payTo, ...rest } = reservation
    const [won] = await store.db
      .insert(payments)
      .values({
        ...rest,
        payer: lowerCase(payer),
        asset: lowerCase(asset),
        payTo: lowerCase(payTo),
        state: 'reserved',
        reservedAtMs: atMs,
      })
      .onConflictDoNothing()
      .returning()
    if (won) return { won: true, sameRequest: true, payment: won }
    const payment = await getPayment(store, { payer, nonce: rest.nonce })
    return { won: false, sameRequest: payment.request === rest.request, payment }
  },
)
