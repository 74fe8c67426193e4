import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

/** A sample that every rule let pass, one of them narrowly: somebody should look at it. */
export const uncertainSample = z.object({ sample: digestString, rule: z.string(), reason: z.string() })
export type UncertainSample = z.infer<typeof uncertainSample>

export const checkSamples = defineTool({
  name: 'check_samples',
  summary:
    'Judge samples `from` to `from + count`, in commitment order, each by itself, and store every rejection with its reason.',
  effect: 'write',
  input: z.object({
    datanet: z.string().min(1),
    curation: z.string().min(1).describe('the workflow whose decisions these are'),
    from: z.int().min(0),
    count: z.int().min(1),
  }),
  output: z.object({
    checked: z.int().min(0),
    rejected: z.int().min(0),
    byRule: z.record(z.string(), z.int().min(0)).describe('rejected samples by the rule that decided'),
    uncertain: z
      .array(uncertainSample)
      .describe('passed, but one rule doubts it: judge_doubts, or a person, may take it out'),
    decisions: digestString.describe('digest of the decisions of this batch, in commitment order'),
  }),
})
