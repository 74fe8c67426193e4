import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const auditCheck = z.object({
  check: z.string(),
  pass: z.boolean(),
  judged: z
    .literal(false)
    .optional()
    .describe('nothing was found against it, and nothing for it: it cannot be computed again'),
  detail: z.string(),
  culprit: z.string().optional().describe('what differs: the stored thing, and whose duty it was'),
})
export type AuditCheck = z.infer<typeof auditCheck>

export const audit = defineTool({
  name: 'audit',
  summary:
    'Recompute one paid answer from what is stored and what is on chain: payment, receipt, weights, samples, answer, attribution, split, inclusion, history. PASS, or the first thing that differs; NOT_REPRODUCIBLE where all else agrees and an engine of others made the answer, a version of the attribution engine that is not on board scored it, or its text was dropped at the buyer’s wish.',
  effect: 'read',
  open: true,
  input: z.object({ receipt: digestString }),
  output: z.object({
    receipt: digestString,
    verdict: z.enum(['PASS', 'FAIL', 'NOT_REPRODUCIBLE']),
    checks: z.array(auditCheck),
  }),
})
