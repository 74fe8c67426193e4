import { z } from 'zod'
import { decisionSchema, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const recordDecisions = defineTool({
  name: 'record_decisions',
  summary:
    'Store decisions that no rule made: those of a person, or of the policy for samples that nobody was asked about.',
  effect: 'write',
  input: z.object({
    datanet: z.string().min(1),
    curation: z.string().min(1),
    decisions: z.array(decisionSchema).min(1),
  }),
  output: z.object({ recorded: z.int().min(0), decisions: digestString }),
})
