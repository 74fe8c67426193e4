import { bigint, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { digest, millis, wei } from './columns.ts'

export const approvalStates = ['waiting', 'approved', 'denied', 'expired'] as const
export type ApprovalState = (typeof approvalStates)[number]

/** `ask`: a person. `under`: by itself up to an amount, and a person beyond it. `unattended`: nobody. */
export const approvalModes = ['ask', 'under', 'unattended'] as const
export type ApprovalMode = (typeof approvalModes)[number]

/** Actions that need somebody's word, by the digest that is approved. */
export const approvals = pgTable(
  'approvals',
  {
    digest: digest('digest').primaryKey(),
    /** Who calls, and where: the effect key without the arguments. */
    place: text('place').notNull(),
    workflow: text('workflow'),
    run: text('run'),
    step: text('step').notNull(),
    agent: text('agent').notNull(),
    tool: text('tool').notNull(),
    effect: text('effect').$type<'read' | 'write' | 'spend'>().notNull(),
    /** RFC 8785 text, kept until it is decided: it may hold a prompt. */
    action: text('action'),
    /** The most that it can spend, where that is known. */
    amountWei: wei('amount_wei'),
    state: text('state').$type<ApprovalState>().notNull(),
    by: text('by'),
    reason: text('reason'),
    expiresAtMs: bigint('expires_at_ms', { mode: 'number' }),
    askedAtMs: millis('asked_at_ms').notNull(),
    decidedAtMs: bigint('decided_at_ms', { mode: 'number' }),
  },
  (t) => [index('approvals_place').on(t.place), index('approvals_state').on(t.state)],
)

/** Which calls need an approval: of one tool, or `*`, all that spend; by one agent, or '' for all. The narrowest holds. */
export const approvalRules = pgTable(
  'approval_rules',
  {
    tool: text('tool').notNull(),
    agent: text('agent').notNull(),
    mode: text('mode').$type<ApprovalMode>().notNull(),
    /** Approved by itself: an action up to so much, and together up to so much. */
    underWei: wei('under_wei'),
    budgetWei: wei('budget_wei'),
    usedWei: wei('used_wei').notNull(),
    /** How long a person has to answer; null: for ever. */
    expiresSeconds: bigint('expires_seconds', { mode: 'number' }),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tool, t.agent] })],
)
