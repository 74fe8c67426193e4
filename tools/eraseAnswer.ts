import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const eraseAnswer = defineTool({
  name: 'erase_answer',
  summary:
    'Drop the text of a prompt and its answer at the wish of who paid, by its signature over the receipt. Digests stay; contributors are paid first.',
  effect: 'write',
  open: true,
  input: z.object({
    receipt: digestString,
    signature: z
      .string()
      .regex(/^0x[0-9a-fA-F]{130}$/)
      .describe('of the payer: EIP-712 Erasure(bytes32 receipt), domain "Tributary erasure" version 1'),
  }),
  output: z.object({
    receipt: digestString,
    state: z.enum(['dropped', 'waiting']).describe('waiting: until the epoch is scored and its root proposed'),
    epoch: z.int().nullable(),
  }),
})
