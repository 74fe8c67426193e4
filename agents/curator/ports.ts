import { z } from 'zod'
import { decisionSchema, digestString } from '../../kernel/index.ts'

/**
 * The tools that the curator calls, as activities of these names. Sample texts never pass through the workflow: the
 * tools read samples and write decisions in the store, and hand back counts, ids and digests.
 */
const datanet = z.string().min(1)
const counts = z.record(z.string(), z.int().min(0))

/** `plan_curation` (read): how many samples there are, in commitment order, and which rules will judge them. */
export const planCuration = {
  name: 'plan_curation',
  input: z.object({ datanet }),
  output: z.object({ samples: z.int().min(0), rules: digestString }),
} as const

/** `find_duplicates` (write): clusters all samples, exact and near, and stores who belongs to whom. */
export const findDuplicates = {
  name: 'find_duplicates',
  input: z.object({ datanet }),
  output: z.object({ clusters: z.int().min(0), duplicates: z.int().min(0), digest: digestString }),
} as const

/** A sample that no rule decides: a person must, or the policy does. */
export const uncertainSample = z.object({ sample: digestString, rule: z.string(), reason: z.string() })
export type UncertainSample = z.infer<typeof uncertainSample>

/** `check_samples` (write): judges samples `from` to `from + count` by all rules and stores the decisions. */
export const checkSamples = {
  name: 'check_samples',
  input: z.object({
    datanet,
    from: z.int().min(0),
    count: z.int().min(1),
    clusters: digestString.describe('digest that find_duplicates returned: which clusters the decisions rest on'),
  }),
  output: z.object({
    checked: z.int().min(0),
    accepted: z.int().min(0),
    rejected: z.int().min(0),
    byRule: counts.describe('rejected samples by the rule that decided'),
    uncertain: z.array(uncertainSample),
    decisions: digestString.describe('digest of the stored decisions of this batch, in commitment order'),
  }),
} as const

/** `record_decisions` (write): stores decisions that no rule made. */
export const recordDecisions = {
  name: 'record_decisions',
  input: z.object({ datanet, decisions: z.array(decisionSchema).min(1) }),
  output: z.object({ recorded: z.int().min(0), decisions: digestString }),
} as const
