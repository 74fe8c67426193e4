import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const listModels = defineTool({
  name: 'list_models',
  summary: 'List the models on sale: alias, adapter digest, base, Datanet version, price per token, held-out loss.',
  effect: 'read',
  open: true,
  input: z.object({}),
  output: z.object({
    models: z.array(
      z.object({
        alias: z.string(),
        adapter: digestString,
        base: digestString,
        datanet: digestString,
        recipe: digestString,
        heldOutLossBeforeMicroNats: z.int(),
        heldOutLossAfterMicroNats: z.int(),
        attribution: z
          .enum(['influence', 'tokens'])
          .describe('tokens: a model of others, whose answers are traced verbatim'),
        price: z.object({ platformWei: weiString, inputWeiPer1000: weiString, outputWeiPer1000: weiString }),
      }),
    ),
  }),
})
