import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const trainBlock = defineTool({
  name: 'train_block',
  summary:
    'Train the adapter and its counterfactual ones through a block of steps, and store the state by digest. Done blocks are not done again.',
  effect: 'write',
  input: z.object({
    run: digestString,
    from: z.int(),
    to: z.int(),
    made: digestString
      .optional()
      .describe('state that a GPU worker says it left after the block: it is stored, not trained'),
  }),
  output: z.object({
    run: digestString,
    step: z.int(),
    checkpoint: digestString,
    lossesMicroNats: z.array(z.int()).describe('mean loss of each step, main adapter'),
    validationLossMicroNats: z.int().nullable().describe('after the block, where the recipe looks'),
    skipped: z.array(digestString).describe('samples that were skipped since the run began'),
    stop: z.boolean().describe('the recipe stops here: the validation loss falls no more'),
  }),
})
