import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'
import { trainingWish } from '../trainAdapter.ts'
import { decision } from './decision.ts'

const { datanet, datanetRoot, alias, samples, groups, seed, device } = trainingWish.shape
const recipes = ['quick', 'balanced', 'thorough'] as const

export const trainerInput = z.object({
  datanet,
  datanetRoot,
  alias,
  samples,
  groups,
  seed,
  device,
  recipes: z
    .array(z.enum(recipes))
    .min(1)
    .max(3)
    .default([...recipes])
    .describe('that may be chosen'),
  budgetMs: z.int().min(1_000).describe('how long a training may take, by the estimate of preview_training'),
  minimumGainMicroNats: z
    .int()
    .min(0)
    .default(1)
    .describe('how much the held-out loss must fall, or the adapter is discarded'),
  approved: z.boolean().default(false).describe('that gas may be spent, on a chain that is not your own'),
})

/** The trainer, as whoever starts it sees it. */
export const trainerContract = {
  summary:
    'Chooses how to train on a Datanet within a budget, trains, judges the adapter, and publishes or discards it.',
  input: trainerInput,
  output: z.object({
    outcome: z.enum(['published', 'discarded', 'nothing']).describe('nothing: no way to train fits'),
    reason: z.string(),
    considered: z.array(z.object({ recipe: z.string(), seconds: z.int().nullable(), problem: z.string().nullable() })),
    recipe: z.string().nullable(),
    run: digestString.nullable(),
    adapter: digestString.nullable(),
    alias: z.string().nullable(),
    heldOutLossBeforeMicroNats: z.int().nullable(),
    heldOutLossAfterMicroNats: z.int().nullable(),
    decisions: z.array(decision),
  }),
}
