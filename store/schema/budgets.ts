import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { address, digest, millis, wei } from './columns.ts'

/** What a limit is for: one payment, one approval, a workflow's run, a day (UTC), an address that is paid, all together. */
export const budgetScopes = ['payment', 'approval', 'run', 'day', 'counterparty', 'total'] as const
export type BudgetScope = (typeof budgetScopes)[number]

/** The token of a limit, as CAIP-19 writes it: `eip155:31337/erc20:0x…`. */
const asset = (name: string) => text(name).$type<`eip155:${number}/erc20:0x${string}`>()

/** Limits. Each that matches a payment holds; `agent` '' binds all agents of the wallet, `bucket` '' each run, day or address. */
export const budgetLimits = pgTable(
  'budget_limits',
  {
    wallet: address('wallet').notNull(),
    asset: asset('asset').notNull(),
    agent: text('agent').notNull(),
    scope: text('scope').$type<BudgetScope>().notNull(),
    bucket: text('bucket').notNull(),
    /** A run may bind itself more tightly than its operator does; neither changes the other's. */
    setBy: text('set_by').$type<'operator' | 'run'>().notNull(),
    limitWei: wei('limit_wei').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.wallet, t.asset, t.agent, t.scope, t.bucket, t.setBy] })],
)

/** What counts against limits: written by the statement that reserves. Reserved, spent and released add up to all that was reserved. */
export const budgetUses = pgTable(
  'budget_uses',
  {
    wallet: address('wallet').notNull(),
    asset: asset('asset').notNull(),
    agent: text('agent').notNull(),
    scope: text('scope').$type<BudgetScope>().notNull(),
    bucket: text('bucket').notNull(),
    reservedWei: wei('reserved_wei').notNull(),
    spentWei: wei('spent_wei').notNull(),
    releasedWei: wei('released_wei').notNull(),
  },
  (t) => [primaryKey({ columns: [t.wallet, t.asset, t.agent, t.scope, t.bucket] })],
)

/** `reserved`: counted, nothing signed. `signed`: it can be charged. `spent`: charged. `released`: it never can be. */
export type SpendingState = 'reserved' | 'signed' | 'spent' | 'released'

/** One row per effect key: a payment, or an approval out of which payments are made (an allowance, a channel's deposit). */
export const spendings = pgTable('spendings', {
  key: text('key').primaryKey(),
  wallet: address('wallet').notNull(),
  asset: asset('asset').notNull(),
  agent: text('agent').notNull(),
  run: text('run').notNull(),
  day: text('day').notNull(),
  counterparty: address('counterparty').notNull(),
  kind: text('kind').$type<'payment' | 'approval'>().notNull(),
  /** Key of the approval that it is paid out of. */
  within: text('within'),
  state: text('state').$type<SpendingState>().notNull(),
  amountWei: wei('amount_wei').notNull(),
  /** What was charged; of an approval, by all payments out of it. */
  spentWei: wei('spent_wei').notNull(),
  /** Of an approval: what open payments out of it may still take. */
  drawnWei: wei('drawn_wei').notNull(),
  /** Rises when a released key is reserved again. */
  attempt: integer('attempt').notNull(),
  scheme: text('scheme'),
  nonce: digest('nonce'),
  /** Until when the signed payment can be charged, in milliseconds; null where it has no end. */
  validBeforeMs: bigint('valid_before_ms', { mode: 'number' }),
  /** A reservation that nobody signs until then is free again. */
  expiresAtMs: millis('expires_at_ms').notNull(),
  tx: digest('tx'),
  reason: text('reason'),
  reservedAtMs: millis('reserved_at_ms').notNull(),
  closedAtMs: bigint('closed_at_ms', { mode: 'number' }),
})
