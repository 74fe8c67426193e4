import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const finding = z.object({
  epoch: z.int().min(1),
  receipt: digestString,
  check: z.string().max(100).describe('the first check of the audit that differs'),
  detail: z.string().max(2_000),
  culprit: z.string().max(500).nullable().describe('what differs, and whose duty it was'),
})

export const fileFinding = defineTool({
  name: 'file_finding',
  summary:
    'Note that an audited answer does not hold, in a hashed chain of the findings of its epoch. Filing the same receipt and check again changes nothing.',
  effect: 'write',
  input: finding,
  output: z.object({ finding: digestString.describe('of the line in the chain'), findings: z.int() }),
})
