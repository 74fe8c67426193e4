import { and, eq } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { spendings } from '../../schema/index.ts'
import { findSpending } from './findSpending.ts'

/**
 * Notes that the reserved amount is signed, before the signature leaves: from now on it can be charged, and only the
 * chain frees it. Throws budget/reservation-over where the reservation ran out meanwhile: then nothing may leave.
 */
export const markSigned = defineQuery(
  'markSigned',
  async (
    store,
    signed: { key: string; amountWei: bigint; nonce?: Digest; validBeforeMs?: number; scheme?: string },
  ): Promise<void> => {
    const { key, amountWei, nonce, validBeforeMs, scheme } = signed
    const [marked] = await store.db
      .update(spendings)
      .set({
        state: 'signed',
        nonce: nonce ?? null,
        validBeforeMs: validBeforeMs ?? null,
        ...(scheme === undefined ? {} : { scheme }),
      })
      .where(and(eq(spendings.key, key), eq(spendings.state, 'reserved'), eq(spendings.amountWei, amountWei)))
      .returning({ key: spendings.key })
    if (marked) return
    const now = await findSpending(store, { key })
    const same = now?.state === 'signed' && now.amountWei === amountWei && now.nonce === (nonce ?? null)
    if (same) return
    throw new TributaryError('The reservation of this payment is over, so it is not sent.', {
      code: 'budget/reservation-over',
      facts: { key, state: now?.state ?? 'none', reservedWei: String(now?.amountWei ?? 0n), signedWei: String(amountWei) }, // prettier-ignore
      tryThis: 'call again: it is reserved anew',
      retry: true,
    })
  },
)
