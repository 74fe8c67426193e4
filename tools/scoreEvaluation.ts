import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const scoreEvaluation = defineTool({
  name: 'score_evaluation',
  summary:
    'Walk the exact unroll of an evaluation’s queries back through a block of training steps, and keep its state by digest. The same block gives the same bytes.',
  effect: 'write',
  input: z.object({
    evaluation: digestString,
    from: z.int().min(1),
    to: z.int().min(0),
    state: digestString.nullable().describe('what the block before it left; null at the last step of the run'),
  }),
  output: z.object({ state: digestString }),
})
