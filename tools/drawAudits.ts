import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const drawAudits = defineTool({
  name: 'draw_audits',
  summary: 'Draw receipts of an epoch to audit, seeded by its final root so that nobody chooses them.',
  effect: 'read',
  input: z.object({ epoch: z.int().min(1), count: z.int().min(1).max(1000) }),
  output: z.object({ receipts: z.array(digestString) }),
})
