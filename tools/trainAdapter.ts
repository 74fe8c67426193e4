import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const trainAdapter = defineTool({
  name: 'train_adapter',
  summary:
    'Fine-tune a LoRA adapter on a Datanet version, with the counterfactual adapters that its attribution needs, and register it on chain. Durable: killed anywhere it goes on to the same bytes.',
  effect: 'write',
  input: z.object({
    datanetRoot: digestString,
    alias: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
    samples: z.int().min(8).max(4096).default(512),
    groups: z.int().min(1).max(64).default(8).describe('K: counterfactual adapters, each without one group of payees'),
    budgetMs: z
      .int()
      .min(1_000)
      .optional()
      .describe('use fewer samples, so that training takes about so long on this machine'),
    seed: z.int().min(0).default(1),
  }),
  output: z.object({
    workflow: z.string(),
    adapter: digestString,
    heldOutLossBeforeMicroNats: z.int(),
    heldOutLossAfterMicroNats: z.int(),
  }),
})
