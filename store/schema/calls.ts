import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { digest, millis, wei } from './columns.ts'

/** `tool`: through the one door of the tools. `model`: a chat model, asked by the tool's run whose key is `parent`. */
export type CallKind = 'tool' | 'model'

/**
 * The decision trace of workflows: one row an effect key, written by the door of the tools, however often the call was tried.
 * Digests only: neither prompts nor answers.
 */
export const calls = pgTable(
  'calls',
  {
    /** The effect key: workflow + step + digest of the arguments; of a model's, that of its tool and a number. */
    key: text('key').primaryKey(),
    kind: text('kind').$type<CallKind>().notNull(),
    /** The key of the call inside of which it was made. */
    parent: text('parent'),
    workflow: text('workflow').notNull(),
    run: text('run').notNull(),
    /** The type of the workflow. */
    agent: text('agent').notNull(),
    /** The workflows above, the outermost first. */
    lineage: text('lineage').array().notNull(),
    step: text('step').notNull(),
    /** The node of a graph; empty in a plain workflow. */
    node: text('node').notNull(),
    /** Of the tool, or what the model was asked for. */
    name: text('name').notNull(),
    effect: text('effect').$type<'read' | 'write' | 'spend'>().notNull(),
    state: text('state').$type<'done' | 'failed'>().notNull(),
    /** The code of the error that ended it. */
    failure: text('failure'),
    /** Who decided: a rule of ours, by its name, or a model. */
    by: text('by').$type<'policy' | 'model'>().notNull(),
    policy: text('policy'),
    provider: text('provider'),
    /** Digest of the action that somebody approved, where that was needed. */
    approval: digest('approval'),
    /** Digest of the model, or its id at the provider. */
    model: text('model'),
    inputDigest: digest('input_digest').notNull(),
    outputDigest: digest('output_digest'),
    costWei: wei('cost_wei'),
    inputTokens: integer('input_tokens'),
    outputTokens: integer('output_tokens'),
    /** Of the attempt that this row tells of. */
    attempt: integer('attempt').notNull(),
    ms: integer('ms').notNull(),
    rssMiB: integer('rss_mib').notNull(),
    /** When it was first noted. */
    atMs: millis('at_ms').notNull(),
  },
  (t) => [index('calls_workflow').on(t.workflow), index('calls_lineage').using('gin', t.lineage)],
)
