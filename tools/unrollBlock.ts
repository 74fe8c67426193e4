import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const unrollBlock = defineTool({
  name: 'unroll_block',
  summary:
    'Walk the adjoint of a planned unroll back through a block of training steps, and keep its state by digest. The same block gives the same bytes.',
  effect: 'write',
  input: z.object({
    unroll: digestString,
    from: z.int().min(1),
    to: z.int().min(0),
    state: digestString.nullable().describe('what the block before it left; null at the last step of the run'),
  }),
  output: z.object({
    unroll: digestString,
    step: z.int().describe('that the adjoint stands before now'),
    state: digestString,
  }),
})
