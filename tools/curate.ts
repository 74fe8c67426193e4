import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const curate = defineTool({
  name: 'curate',
  summary:
    'Run the curator agent over a Datanet: duplicates, licences, PII, secrets, quality. Each sample gets a decision with a reason.',
  effect: 'write',
  waits: true,
  input: z.object({ datanet: z.string() }),
  output: z.object({
    workflow: z.string(),
    accepted: z.int(),
    rejected: z.int(),
    byRule: z.record(z.string(), z.int()),
    decisions: digestString,
  }),
})
