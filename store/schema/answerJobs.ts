import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { digest, exactText, millis } from './columns.ts'

/**
 * Answers that engine workers make for gateways: request and answer travel by these rows, not by the queue. A row is
 * dropped when the answer is stored with its receipt.
 */
export const answerJobs = pgTable(
  'answer_jobs',
  {
    key: digest('key').primaryKey(),
    /** The task queue that it waits in: the one of its adapter's group. */
    queue: text('queue').notNull(),
    request: exactText('request').notNull(),
    answer: exactText('answer'),
    /** When somebody last waited for it, by the clock of the database. */
    atMs: millis('at_ms').notNull(),
  },
  (t) => [index('answer_jobs_at').on(t.atMs), index('answer_jobs_queue').on(t.queue)],
)

/** Engine workers that are at work, and into how many groups they divide the adapters. Times are the database's own. */
export const engineWorkers = pgTable('engine_workers', {
  id: text('id').primaryKey(),
  groups: integer('groups').notNull(),
  /** Requests that it takes in at once, at most. */
  room: integer('room').notNull(),
  untilMs: millis('until_ms').notNull(),
})
