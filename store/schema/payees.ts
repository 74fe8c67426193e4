import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { address, digest, millis, payee } from './columns.ts'

/** open: the challenge is out; proved: its proof was found and the steward signed; done: it is on chain. */
export type PayeeClaimState = 'open' | 'proved' | 'done'

/** Challenges of those who say that an address speaks for a payee; each nonce is good for one proof. */
export const payeeClaims = pgTable(
  'payee_claims',
  {
    nonce: digest('nonce').primaryKey(),
    purpose: text('purpose').$type<'bind' | 'recover'>().notNull(),
    payee: payee('payee').notNull(),
    account: address('account').notNull(),
    chainId: text('chain_id').notNull(),
    escrow: address('escrow').notNull(),
    state: text('state').$type<PayeeClaimState>().notNull(),
    expiresAtMs: millis('expires_at_ms').notNull(),
    /** Digest of what was found, and where; the bytes are kept under it. */
    evidence: digest('evidence'),
    source: text('source'),
    tx: digest('tx'),
    createdAtMs: millis('created_at_ms').notNull(),
  },
  (t) => [index('payee_claims_payee').on(t.payee, t.state)],
)

/** Keys that payees without an address named before anything was claimed. The first stays. */
export const payeeKeys = pgTable('payee_keys', {
  payee: payee('payee').primaryKey(),
  account: address('account').notNull(),
  atMs: millis('at_ms').notNull(),
})
