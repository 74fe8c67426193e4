import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const rootStatus = defineTool({
  name: 'root_status',
  summary:
    'Say where an epoch’s proposed root stands on chain: its window, a dispute that holds it, rejected, or final.',
  effect: 'read',
  open: true,
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({
    epoch: z.int(),
    root: digestString,
    state: z
      .enum(['proposed', 'ready', 'held', 'rejected', 'gone', 'final'])
      .describe(
        'held: by a dispute; rejected: by one; gone: taken back, or its block was replaced; ready: window over',
      ),
    waitSeconds: z.int().describe('until it is worth looking again'),
    finalFrom: z.int().nullable().describe('seconds since 1970'),
    heldAt: z.int().nullable().describe('seconds since 1970'),
    words: z.string(),
  }),
})
