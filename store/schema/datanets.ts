import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { address, canonicalJson, digest, exactText, millis, payee } from './columns.ts'

export const datanets = pgTable('datanets', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  /** gated: its samples, and the traces of answers that learned from them, are for named auditors. */
  access: text('access').$type<'open' | 'gated'>().notNull().default('open'),
  createdAtMs: millis('created_at_ms').notNull(),
})

/** Who may look into a gated Datanet. */
export const datanetAuditors = pgTable(
  'datanet_auditors',
  {
    datanet: text('datanet')
      .notNull()
      .references(() => datanets.id),
    auditor: address('auditor').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.datanet, t.auditor] })],
)

/** Bytes can be erased; the digest, the payee and the licence stay. */
export const samples = pgTable(
  'samples',
  {
    id: digest('id').primaryKey(),
    prompt: exactText('prompt'),
    completion: exactText('completion'),
    payee: payee('payee').notNull(),
    licence: text('licence').notNull(),
    source: exactText('source').notNull(),
    erasedAtMs: millis('erased_at_ms'),
  },
  (t) => [index('samples_payee').on(t.payee)],
)

/** Who committed to which sample, in which order: order decides who was first. */
export const contributions = pgTable(
  'contributions',
  {
    datanet: text('datanet')
      .notNull()
      .references(() => datanets.id),
    sample: digest('sample')
      .notNull()
      .references(() => samples.id),
    position: integer('position').notNull(),
    payee: payee('payee').notNull(),
    salt: digest('salt').notNull(),
    commitment: digest('commitment').notNull(),
    batchRoot: digest('batch_root').notNull(),
    batchTx: digest('batch_tx'),
    importedBy: address('imported_by'),
    signature: text('signature'),
    revealedAtMs: millis('revealed_at_ms'),
  },
  (t) => [
    primaryKey({ columns: [t.datanet, t.sample] }),
    unique('contributions_order').on(t.datanet, t.position),
    index('contributions_batch').on(t.batchRoot),
  ],
)

export const decisions = pgTable(
  'decisions',
  {
    curation: text('curation').notNull(),
    sample: digest('sample')
      .notNull()
      .references(() => samples.id),
    datanet: text('datanet')
      .notNull()
      .references(() => datanets.id),
    verdict: text('verdict').$type<'accept' | 'reject'>().notNull(),
    rule: text('rule').notNull(),
    reason: exactText('reason').notNull(),
    cluster: digest('cluster'),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.curation, t.sample] }), index('decisions_datanet').on(t.datanet)],
)

export const datanetVersions = pgTable(
  'datanet_versions',
  {
    datanet: text('datanet')
      .notNull()
      .references(() => datanets.id),
    number: integer('number').notNull(),
    root: digest('root').notNull(),
    licences: canonicalJson('licences', z.array(z.string())).notNull(),
    cardDigest: digest('card_digest').notNull(),
    sampleCount: integer('sample_count').notNull(),
    curation: text('curation').notNull(),
    tx: digest('tx'),
    /** Hash of a block after the version was frozen: the seed that nobody could grind. */
    blockHash: digest('block_hash'),
    createdAtMs: millis('created_at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.datanet, t.number] }), unique('datanet_versions_root').on(t.datanet, t.root)],
)

/** The samples of a version in the order of its Merkle leaves. */
export const versionSamples = pgTable(
  'version_samples',
  {
    datanet: text('datanet').notNull(),
    number: integer('number').notNull(),
    position: integer('position').notNull(),
    sample: digest('sample')
      .notNull()
      .references(() => samples.id),
  },
  (t) => [primaryKey({ columns: [t.datanet, t.number, t.position] }), index('version_samples_sample').on(t.sample)],
)
