import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const listDecisions = defineTool({
  name: 'list_decisions',
  summary:
    'Show what the last curation of a Datanet decided about its samples, and why: the reason says what to mend. Mended text is contributed anew.',
  effect: 'read',
  open: true,
  input: z.object({
    datanet: z.string(),
    payee: z.string().max(300).optional().describe('of one contributor alone'),
    verdict: z.enum(['accept', 'reject', 'all']).default('reject'),
    from: z.int().min(0).default(0),
    count: z.int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    curation: z.string(),
    accepted: z.int().describe('of this contributor, or of all'),
    rejected: z.int(),
    decisions: z.array(
      z.object({
        sample: digestString,
        payee: z.string(),
        verdict: z.enum(['accept', 'reject']),
        rule: z.string(),
        reason: z.string(),
      }),
    ),
  }),
})
