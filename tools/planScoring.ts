import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { answerForm } from './settlement/scoringReport.ts'

export const planScoring = defineTool({
  name: 'plan_scoring',
  summary:
    'Fix the block whose hash draws which answers of a frozen epoch are scored exactly, and list its answers and adapters.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({
    epoch: z.int(),
    drawBlock: z.int(),
    seed: digestString,
    answers: z.array(z.object({ receipt: digestString, adapter: digestString, form: answerForm })),
    adapters: z.array(
      z.object({
        adapter: digestString,
        groups: z.int(),
        replayable: z.boolean().describe('the path of its run is kept'),
      }),
    ),
  }),
})
