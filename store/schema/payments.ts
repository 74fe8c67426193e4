import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { digestString, type AttributionTier } from '../../kernel/index.ts'
import { address, canonicalJson, digest, exactText, millis, wei } from './columns.ts'

export const paymentStates = ['reserved', 'answered', 'settling', 'settled', 'failed', 'refunded'] as const
export type PaymentState = (typeof paymentStates)[number]

/** `stop`: the model or a stop string ended the answer; `length`: max_tokens did. */
export type FinishReason = 'stop' | 'length'

const vanishedSchema = z.array(z.object({ tx: digestString, atMs: z.int() }))

/** One row per signed payment: its primary key is what makes ten copies of a payment run the model once. */
export const payments = pgTable(
  'payments',
  {
    payer: address('payer').notNull(),
    nonce: digest('nonce').notNull(),
    /** The x402 scheme that it was signed for. */
    scheme: text('scheme').notNull().default('exact'),
    state: text('state').$type<PaymentState>().notNull(),
    request: digest('request').notNull(),
    asset: address('asset').notNull(),
    chainId: integer('chain_id').notNull(),
    payTo: address('pay_to').notNull(),
    /** What is charged. Where that is what was made, it is the price until the answer is there. */
    feeWei: wei('fee_wei').notNull(),
    /** The price that was signed for, where what was made is charged, up to it. Null where the price is the charge. */
    maxWei: wei('max_wei'),
    /** The payment channel that it draws on. */
    channel: digest('channel'),
    /** All that was charged of the channel, this payment included. */
    channelWei: wei('channel_wei'),
    validBeforeMs: millis('valid_before_ms').notNull(),
    /** The signed payment payload as it came: what a recovery needs to settle after a crash. */
    payload: exactText('payload').notNull(),
    receipt: digest('receipt'),
    settlementTx: digest('settlement_tx'),
    refundTx: digest('refund_tx'),
    failure: text('failure'),
    /** Set when its epoch freezes; until then a settled payment can be refunded. */
    epoch: integer('epoch'),
    reservedAtMs: millis('reserved_at_ms').notNull(),
    answeredAtMs: millis('answered_at_ms'),
    settledAtMs: millis('settled_at_ms'),
    closedAtMs: millis('closed_at_ms'),
    /** When its settlement was seen again deep in the chain, where another block could have taken its place. */
    confirmedAtMs: millis('confirmed_at_ms'),
    /** Settlements of it that a reorganisation took, oldest first; absent where none was. */
    vanished: canonicalJson('vanished', vanishedSchema),
  },
  (t) => [
    primaryKey({ columns: [t.payer, t.nonce] }),
    index('payments_state').on(t.state, t.reservedAtMs),
    index('payments_epoch').on(t.epoch),
    index('payments_channel').on(t.channel, t.state),
  ],
)

/** A signed receipt as canonical text. Its id is the digest of that text, checked at each read. */
export const receipts = pgTable(
  'receipts',
  {
    id: digest('id').primaryKey(),
    body: text('body').notNull(),
    signature: text('signature').notNull(),
    signer: address('signer').notNull(),
    payer: address('payer').notNull(),
    nonce: digest('nonce').notNull(),
    adapter: digest('adapter').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [unique('receipts_payment').on(t.payer, t.nonce)],
)

/** What was asked and answered, with the salts of the receipt's digests. The buyer may have the bytes dropped. */
export const answers = pgTable('answers', {
  receipt: digest('receipt')
    .primaryKey()
    .references(() => receipts.id),
  requestText: exactText('request_text'),
  requestSalt: digest('request_salt').notNull(),
  answerText: exactText('answer_text'),
  answerSalt: digest('answer_salt').notNull(),
  promptIds: canonicalJson('prompt_ids', z.array(z.int())),
  answerIds: canonicalJson('answer_ids', z.array(z.int())),
  /** What ended the answer; null in rows of before it was kept. */
  finish: text('finish').$type<FinishReason>(),
  /** Log-probabilities as they are delivered, in JSON; null unless they were asked for. */
  logprobs: exactText('logprobs'),
  /** When its payer asked for the bytes to be dropped; they are when nothing of ours needs them any more. */
  eraseWishedAtMs: millis('erase_wished_at_ms'),
  /** The payer's signature under that wish: without it, text that is missing is the server's fault. */
  eraseSignature: text('erase_signature'),
  erasedAtMs: millis('erased_at_ms'),
})

export const attributions = pgTable(
  'attributions',
  {
    receipt: digest('receipt')
      .notNull()
      .references(() => receipts.id),
    tier: text('tier').$type<AttributionTier>().notNull().default('receipt'),
    digest: digest('digest').notNull(),
    body: text('body').notNull(),
    /** The attributor's, over the digest; null in rows of before scores were signed. */
    signature: text('signature'),
    signer: address('signer'),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.receipt, t.tier] })],
)

export const rules = pgTable('rules', {
  digest: digest('digest').primaryKey(),
  body: text('body').notNull(),
  atMs: millis('at_ms').notNull(),
})
