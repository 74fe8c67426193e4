import { z } from 'zod'
import { defineTool } from './defineTool.ts'

export const status = defineTool({
  name: 'status',
  summary: 'Say what runs where, and what to do about a part that does not.',
  effect: 'read',
  open: true,
  input: z.object({}),
  output: z.object({
    parts: z.array(
      z.object({
        part: z.string(),
        state: z.enum(['up', 'down', 'off']).describe('off: not there, and nothing needs it'),
        where: z.string(),
        tryThis: z.string().optional(),
      }),
    ),
    epoch: z.int(),
    models: z.int(),
    receipts: z.int(),
    waiting: z.int().describe('answers that the open epoch would take, of those'),
  }),
})
