import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { digestString, payeeIdString, weiString } from '../../kernel/index.ts'
import { canonicalJson, digest, millis, payee, wei } from './columns.ts'

export const epochStates = ['open', 'frozen', 'proposed', 'final', 'claimed'] as const
export type EpochState = (typeof epochStates)[number]

/** What losses leave payees owing, in one account of a share rule each: set against what they earn in the next epoch. */
export const owedSchema = z.array(z.object({ account: z.string(), payee: payeeIdString, wei: weiString }))
export type Owed = z.output<typeof owedSchema>

/** What goes to the pool of each Datanet, by the id that it has on chain. */
export const poolPartsSchema = z.array(z.object({ datanet: digestString, wei: weiString }))
export type PoolParts = z.output<typeof poolPartsSchema>

export const epochs = pgTable(
  'epochs',
  {
    number: integer('number').primaryKey(),
    state: text('state').$type<EpochState>().notNull(),
    receiptCount: integer('receipt_count'),
    receivedWei: wei('received_wei'),
    paidWei: wei('paid_wei'),
    /** The part of it that the rules gave to server and model owner; absent in statements of before it was told apart. */
    operatorsWei: wei('operators_wei'),
    treasuryWei: wei('treasury_wei'),
    /** What attribution could not assign, in all, and Datanet by Datanet (absent in statements of before there were pools). */
    poolWei: wei('pool_wei'),
    pools: canonicalJson('pools', poolPartsSchema),
    /** After its split; absent where nobody owes, and in epochs of before there were accounts. */
    owed: canonicalJson('owed', owedSchema),
    root: digest('root'),
    evidenceRoot: digest('evidence_root'),
    /** Which tree the evidence root is of: 2 has a leaf a receipt that can be proved; null in epochs of before it. */
    evidenceVersion: integer('evidence_version'),
    /** Index of what is published of it: leaves, proofs and statements. */
    published: digest('published'),
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
