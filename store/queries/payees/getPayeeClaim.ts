import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { payeeClaims } from '../../schema/index.ts'
import { oneRow } from '../oneRow.ts'
import type { PayeeClaim } from './openPayeeClaim.ts'

/** Throws store/not-found. */
export const getPayeeClaim = defineQuery(
  'getPayeeClaim',
  async ({ db }, { nonce }: { nonce: Digest }): Promise<PayeeClaim> =>
    oneRow(await db.select().from(payeeClaims).where(eq(payeeClaims.nonce, nonce)), 'challenge', { nonce }),
)
