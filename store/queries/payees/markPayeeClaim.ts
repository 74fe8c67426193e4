import { and, eq } from 'drizzle-orm'
import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payeeClaims } from '../../schema/index.ts'
import { getPayeeClaim } from './getPayeeClaim.ts'

type Step = { to: 'proved'; evidence: Digest; source: string } | { to: 'done'; tx: Digest }

/**
 * open -> proved -> done. The first proof stays, so that of two callers with one challenge the later changes nothing.
 * Throws payee/replayed when it is not where it has to be.
 */
export const markPayeeClaim = defineQuery(
  'markPayeeClaim',
  async (store, { nonce, ...step }: { nonce: Digest } & Step): Promise<void> => {
    const { to, ...set } = step
    const from = to === 'proved' ? 'open' : 'proved'
    const [moved] = await store.db
      .update(payeeClaims)
      .set({ ...set, state: to })
      .where(and(eq(payeeClaims.nonce, nonce), eq(payeeClaims.state, from)))
      .returning({ nonce: payeeClaims.nonce })
    if (moved) return
    const { state } = await getPayeeClaim(store, { nonce })
    if (state === to) return
    throw new TributaryError('This challenge was answered before.', {
      code: 'payee/replayed',
      facts: { nonce, state },
      tryThis: 'ask for a new challenge with start_payee_claim',
    })
  },
)
