import { bigserial, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { digest, integer53, millis } from './columns.ts'

export const adapters = pgTable('adapters', {
  digest: digest('digest').primaryKey(),
  base: digest('base').notNull(),
  datanet: digest('datanet').notNull(),
  recipe: digest('recipe').notNull(),
  counterfactualRoot: digest('counterfactual_root').notNull(),
  cardDigest: digest('card_digest').notNull(),
  heldOutLossBeforeMicroNats: integer53('held_out_loss_before_micro_nats').notNull(),
  heldOutLossAfterMicroNats: integer53('held_out_loss_after_micro_nats').notNull(),
  run: text('run').notNull(),
  tx: digest('tx'),
  createdAtMs: millis('created_at_ms').notNull(),
})

/** The blobs that belong to an adapter by role: weights, config, card, recipe, counterfactual/0, influence, … */
export const adapterFiles = pgTable(
  'adapter_files',
  {
    adapter: digest('adapter')
      .notNull()
      .references(() => adapters.digest),
    role: text('role').notNull(),
    blob: digest('blob').notNull(),
  },
  (t) => [primaryKey({ columns: [t.adapter, t.role] })],
)

/** A name is only an alias of a digest: the last row of a name is what it means now. */
export const aliases = pgTable(
  'aliases',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    name: text('name').notNull(),
    adapter: digest('adapter')
      .notNull()
      .references(() => adapters.digest),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [index('aliases_name').on(t.name, t.seq)],
)

export const runs = pgTable('runs', {
  id: text('id').primaryKey(),
  recipe: digest('recipe').notNull(),
  base: digest('base').notNull(),
  datanet: digest('datanet').notNull(),
  totalSteps: integer('total_steps').notNull(),
  adapter: digest('adapter'),
  startedAtMs: millis('started_at_ms').notNull(),
  finishedAtMs: millis('finished_at_ms'),
})

export const checkpoints = pgTable(
  'checkpoints',
  {
    run: text('run')
      .notNull()
      .references(() => runs.id),
    step: integer('step').notNull(),
    state: digest('state').notNull(),
    blob: digest('blob'),
    lossMicroNats: integer53('loss_micro_nats'),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.run, t.step] })],
)
