import { z } from 'zod'
import { decisionSchema, digestString } from '../kernel/index.ts'
import { uncertainSample } from './checkSamples.ts'
import { decide } from './decide.ts'
import { defineTool } from './defineTool.ts'

/** A decision about a doubtful sample, with who made it. */
export const judgedDoubt = decisionSchema
  .omit({ cluster: true })
  .extend(decide.output.pick({ by: true, provider: true, model: true, policy: true }).shape)

export const judgeDoubts = defineTool({
  name: 'judge_doubts',
  summary:
    'Decide about samples that passed every rule narrowly: by the chat model where one is configured, else by the policy, which holds to the rules. What a rule rejects is never accepted here. Texts stay in the store.',
  effect: 'write',
  input: z.object({
    datanet: z.string().min(1),
    samples: z.array(uncertainSample).min(1).max(50),
  }),
  output: z.object({
    judged: z.array(judgedDoubt),
    decisions: digestString.describe('digest of the decisions, in the order asked'),
  }),
})
