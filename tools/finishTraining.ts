import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const finishTraining = defineTool({
  name: 'finish_training',
  summary:
    'Choose the checkpoint by the recipe, write the adapter as PEFT files, the counterfactual adapters and the sample influence vectors by digest, measure the held-out loss before and after, let base and adapter answer held-out prompts, and put all of it on a card.',
  effect: 'write',
  input: z.object({
    run: digestString,
    made: z
      .array(digestString)
      .optional()
      .describe('adapters that a GPU worker says it wrote, in the order of the plan: ours must have the same bytes'),
  }),
  output: z.object({
    run: digestString,
    adapter: digestString,
    adapterSet: digestString.describe('root over the counterfactual adapters in group order'),
    influence: digestString.describe('blob of the sample influence vectors'),
    card: digestString,
    steps: z.int().describe('of the checkpoint that is published'),
    heldOutLossBeforeMicroNats: z.int(),
    heldOutLossAfterMicroNats: z.int(),
    lossCurve: z.string().describe('path of the SVG'),
  }),
})
