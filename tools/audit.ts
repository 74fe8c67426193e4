import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const auditCheck = z.object({
  check: z.string(),
  pass: z.boolean(),
  detail: z.string(),
  culprit: z.string().optional().describe('what differs: the stored thing, and whose duty it was'),
})
export type AuditCheck = z.infer<typeof auditCheck>

export const audit = defineTool({
  name: 'audit',
  summary:
    'Recompute one paid answer from what is stored and what is on chain: payment, receipt, weights, samples, answer, attribution, split, inclusion, history. PASS, or the first thing that differs.',
  effect: 'read',
  open: true,
  input: z.object({ receipt: digestString }),
  output: z.object({ receipt: digestString, verdict: z.enum(['PASS', 'FAIL']), checks: z.array(auditCheck) }),
})
