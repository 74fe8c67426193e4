import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { digest, millis, payee, wei } from './columns.ts'

export const epochStates = ['open', 'frozen', 'proposed', 'final', 'claimed'] as const
export type EpochState = (typeof epochStates)[number]

export const epochs = pgTable(
  'epochs',
  {
    number: integer('number').primaryKey(),
    state: text('state').$type<EpochState>().notNull(),
    receiptCount: integer('receipt_count'),
    receivedWei: wei('received_wei'),
    paidWei: wei('paid_wei'),
    treasuryWei: wei('treasury_wei'),
    carriedWei: wei('carried_wei'),
    root: digest('root'),
    evidenceRoot: digest('evidence_root'),
    /** The block whose hash draws what is scored exactly: none of before the freeze. */
    drawBlock: integer('draw_block'),
    /** The report of how its answers were scored. */
    scoring: digest('scoring'),
    closeTx: digest('close_tx'),
    proposeTx: digest('propose_tx'),
    finalTx: digest('final_tx'),
    openedAtMs: millis('opened_at_ms').notNull(),
    frozenAtMs: millis('frozen_at_ms'),
    proposedAtMs: millis('proposed_at_ms'),
    finalAtMs: millis('final_at_ms'),
    claimedAtMs: millis('claimed_at_ms'),
  },
  (t) => [
    uniqueIndex('epochs_one_open')
      .on(t.state)
      .where(sql`state = 'open'`),
  ],
)

export const leaves = pgTable(
  'leaves',
  {
    epoch: integer('epoch')
      .notNull()
      .references(() => epochs.number),
    payee: payee('payee').notNull(),
    payeeKey: digest('payee_key').notNull(),
    epochWei: wei('epoch_wei').notNull(),
    cumulativeWei: wei('cumulative_wei').notNull(),
    claimedTx: digest('claimed_tx'),
    claimedAtMs: millis('claimed_at_ms'),
  },
  (t) => [primaryKey({ columns: [t.epoch, t.payee] }), index('leaves_payee').on(t.payee, t.epoch)],
)
