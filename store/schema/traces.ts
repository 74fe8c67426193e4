import { integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { address, digest, millis } from './columns.ts'

/** Decisions and steps of one subject (a workflow, a receipt), each line hashed over the line before it. */
export const traces = pgTable(
  'traces',
  {
    subject: text('subject').notNull(),
    position: integer('position').notNull(),
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    body: text('body').notNull(),
    previous: digest('previous').notNull(),
    digest: digest('digest').notNull(),
    /** Of a key over the digest, where somebody has to answer for the line. */
    signature: text('signature'),
    signer: address('signer'),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.subject, t.position] }), unique('traces_key').on(t.subject, t.key)],
)

export const histories = pgTable('histories', {
  workflow: text('workflow').primaryKey(),
  run: text('run').notNull(),
  blob: digest('blob').notNull(),
  events: integer('events').notNull(),
  atMs: millis('at_ms').notNull(),
})

export const tours = pgTable('tours', {
  id: text('id').primaryKey(),
  questionSet: digest('question_set').notNull(),
  options: text('options').notNull(),
  summary: text('summary'),
  startedAtMs: millis('started_at_ms').notNull(),
  finishedAtMs: millis('finished_at_ms'),
})
