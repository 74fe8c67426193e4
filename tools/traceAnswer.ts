import { z } from 'zod'
import { attributionSchema, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const traceAnswer = defineTool({
  name: 'trace_answer',
  summary:
    'Show whose samples an answer stands on: payees and samples with their influence and share. Waits while the answer is being attributed.',
  effect: 'read',
  open: true,
  input: z.object({ receipt: digestString, top: z.int().min(1).max(100).default(5) }),
  output: attributionSchema,
})
