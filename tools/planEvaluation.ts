import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

/** What may be said about an evaluation; nothing of it must be. */
export const evaluationWish = z.object({
  fractionPpm: z.int().min(1).max(900_000).default(50_000).describe('of the samples, removed by each mask'),
  masks: z.int().min(2).max(256).default(24).describe('random sets of samples, each trained without for real'),
  queries: z.int().min(1).max(64).default(8).describe('held-out texts whose losses are predicted and watched'),
  checks: z.int().min(0).max(64).default(2).describe('of them, whose own top samples are removed besides'),
  seed: z.int().min(0).default(1),
})

export const planEvaluation = defineTool({
  name: 'plan_evaluation',
  summary:
    'Fix what an evaluation of an adapter’s attribution retrains and asks: random sets of samples to remove, and held-out texts. The same input gives the same plan.',
  effect: 'write',
  input: evaluationWish.extend({ adapter: digestString }),
  output: z.object({
    evaluation: digestString.describe('of the plan'),
    trainings: z.int(),
    blocks: z.array(z.object({ from: z.int(), to: z.int() })).describe('of steps, backwards, for the unroll'),
    pieces: z.array(z.object({ from: z.int(), to: z.int() })).describe('of trainings'),
  }),
})
