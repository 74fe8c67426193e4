import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { address, digest, exactText, millis, wei } from './columns.ts'

/**
 * Payment channels that we are paid by: what was charged of each, by which voucher it can be enforced, and what the chain said
 * when it was last asked. Charge and voucher change in the transaction that stores the answer they are for.
 */
export const channels = pgTable(
  'channels',
  {
    id: digest('id').primaryKey(),
    payer: address('payer').notNull(),
    /** JSON of the seven fields that the id is the hash of. */
    config: text('config').notNull(),
    /** All that was charged, in wei; what was claimed on chain is part of it. */
    chargedWei: wei('charged_wei').notNull(),
    /** The voucher that covers it; null before the first answer. */
    signedWei: wei('signed_wei'),
    signature: text('signature'),
    /** One payment at a time: the one at work, and its voucher, which takes effect with its answer. */
    pendingNonce: digest('pending_nonce'),
    pendingWei: wei('pending_wei'),
    pendingSignature: text('pending_signature'),
    /** As the chain had it at `syncedAtMs`: deposits less refunds, and the part of them that was claimed. */
    balanceWei: wei('balance_wei').notNull(),
    claimedWei: wei('claimed_wei').notNull(),
    /** Seconds since 1970 at which the payer asked for its money back; 0: it did not. */
    withdrawAt: integer('withdraw_at').notNull().default(0),
    refundNonce: integer('refund_nonce').notNull().default(0),
    syncedAtMs: millis('synced_at_ms').notNull(),
    usedAtMs: millis('used_at_ms').notNull(),
  },
  (t) => [index('channels_payer').on(t.payer), index('channels_used').on(t.usedAtMs)],
)

/** Payment channels that we pay by: what the x402 client knows of each, and a deposit that was signed and may still come. */
export const ownChannels = pgTable('own_channels', {
  id: digest('id').primaryKey(),
  /** JSON of the client's own record. */
  context: exactText('context').notNull(),
  /** JSON of the signed deposit of the last deposit payment: signed once, sent again until the chain has it. */
  deposit: exactText('deposit'),
  /** When that deposit can no longer be taken. */
  depositUntilMs: millis('deposit_until_ms'),
  atMs: millis('at_ms').notNull(),
})
