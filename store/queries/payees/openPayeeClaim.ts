import { and, eq, gt } from 'drizzle-orm'
import { TributaryError } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payeeClaims } from '../../schema/index.ts'

export type PayeeClaim = typeof payeeClaims.$inferSelect

/** So many unexpired challenges a payee: more are a flood. */
const mostOpen = 20

/** Keep a new challenge. Throws payee/too-many. */
export const openPayeeClaim = defineQuery(
  'openPayeeClaim',
  async (
    { db },
    claim: Omit<PayeeClaim, 'state' | 'evidence' | 'source' | 'tx' | 'createdAtMs'> & { atMs: number },
  ): Promise<void> => {
    const { atMs, ...row } = claim
    const open = await db
      .select({ nonce: payeeClaims.nonce })
      .from(payeeClaims)
      .where(and(eq(payeeClaims.payee, row.payee), eq(payeeClaims.state, 'open'), gt(payeeClaims.expiresAtMs, atMs)))
      .limit(mostOpen)
    if (open.length >= mostOpen) {
      throw new TributaryError('So many challenges of this payee are open that no other is given.', {
        code: 'payee/too-many',
        facts: { payee: row.payee, open: open.length },
        tryThis: 'use one that was given, or wait until they expire',
        retry: true,
      })
    }
    await db
      .insert(payeeClaims)
      .values({ ...row, state: 'open', createdAtMs: atMs })
      .onConflictDoNothing()
  },
)
