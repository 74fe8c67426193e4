import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { trainingRequest } from './trainingRequest.ts'

/** What a person or an agent may say about a run; nothing of it must be said. */
export const trainingWish = trainingRequest.partial({ datanetRoot: true, alias: true }).extend({
  datanet: z
    .string()
    .max(100)
    .optional()
    .describe('name of a Datanet: its latest version; the newest version of all where neither is given'),
  alias: trainingRequest.shape.alias.optional().describe('default: Datanet and recipe, as open-source-quick'),
  recipe: z.enum(['quick', 'balanced', 'thorough']).default('quick').describe('a recipe that comes with the project'),
  recipeDocument: z.looseObject({}).optional().describe('a recipe of your own, in place of a name'),
})

export const trainAdapter = defineTool({
  name: 'train_adapter',
  summary:
    'Fine-tune a LoRA adapter on a Datanet version, with the counterfactual adapters that its attribution needs, and register it on chain with its card. Durable: killed anywhere it goes on to the same bytes. See preview_training for what it will take.',
  effect: 'write',
  waits: true,
  input: trainingWish.extend({
    approved: z
      .boolean()
      .default(false)
      .describe('that the gas of one transaction may be spent; needed on any chain but the local one'),
  }),
  output: z.object({
    training: z.string().describe('follow it: GET /train/<training>/events, or training_events'),
    workflow: z.string(),
    run: digestString,
    adapter: digestString,
    alias: z.string(),
    card: digestString,
    licences: z.array(z.object({ licence: z.string(), samples: z.int() })).describe('of the samples that were learned'),
    steps: z.int().describe('of the checkpoint that is published'),
    stepsTrained: z.int(),
    stepsPlanned: z.int(),
    skipped: z.array(digestString).describe('samples that were out of bounds, where the recipe skips them'),
    counterfactuals: z.array(digestString),
    heldOutLossBeforeMicroNats: z.int(),
    heldOutLossAfterMicroNats: z.int(),
    lossCurve: z.string().describe('path of the SVG'),
    texts: z.array(z.object({ prompt: z.string(), before: z.string(), after: z.string() })),
  }),
})
