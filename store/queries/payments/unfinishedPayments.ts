import { and, asc, eq, inArray, isNull, lte, notInArray, or } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { payments } from '../../schema/index.ts'
import type { Payment } from './paymentRow.ts'

/**
 * What a crash left behind, oldest first: reserved (no answer yet), answered or settling (money not moved for
 * sure), and settled without a receipt (money moved, nothing delivered).
 * Payments of the schemes in `batched` that were answered are no leftovers: they are settled many at a time.
 * `reservedBeforeMs` leaves out those that a live gateway may still be serving.
 */
export const unfinishedPayments = defineQuery(
  'unfinishedPayments',
  async (
    { db },
    {
      reservedBeforeMs = Date.now(),
      limit = 1_000,
      batched = [],
    }: { reservedBeforeMs?: number; limit?: number; batched?: readonly string[] },
  ): Promise<Payment[]> => {
    return db
      .select()
      .from(payments)
      .where(
        and(
          or(
            eq(payments.state, 'reserved'),
            and(inArray(payments.state, ['answered', 'settling']), notInArray(payments.scheme, [...batched])),
            and(eq(payments.state, 'settled'), isNull(payments.receipt)),
          ),
          lte(payments.reservedAtMs, reservedBeforeMs),
        ),
      )
      .orderBy(asc(payments.reservedAtMs), asc(payments.payer), asc(payments.nonce))
      .limit(limit)
  },
)
