import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { digest, millis } from './columns.ts'

/** One row per effect key: `started` before the effect, `done` with its result after, `failed` when it threw. */
export const effects = pgTable(
  'effects',
  {
    key: text('key').primaryKey(),
    tool: text('tool').notNull(),
    input: digest('input').notNull(),
    state: text('state').$type<'started' | 'done' | 'failed'>().notNull(),
    holder: text('holder').notNull(),
    attempt: integer('attempt').notNull(),
    startedAtMs: millis('started_at_ms').notNull(),
    leaseUntilMs: millis('lease_until_ms').notNull(),
    finishedAtMs: millis('finished_at_ms'),
    result: text('result'),
    failure: text('failure'),
  },
  (t) => [index('effects_state').on(t.state)],
)
