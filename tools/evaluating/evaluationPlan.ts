import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

/**
 * What an evaluation retrains, before anything is measured: with the run's plan anybody can repeat it. Places of samples are
 * those of the run; a training without samples is the adapter itself again.
 */
export const evaluationPlanSchema = z.object({
  v: z.literal(1),
  adapter: digestString,
  run: digestString,
  path: digestString,
  fractionPpm: z.int().min(1).max(900_000).describe('of the samples that each mask removes'),
  masks: z
    .array(z.array(z.int().min(0)).min(1))
    .min(2)
    .describe('samples removed'),
  queries: z.array(z.int().min(0)).min(1).describe('held-out texts of the run: the answers that are asked about'),
  checks: z.int().min(0).describe('queries, the first so many, whose top samples are removed by themselves'),
  seed: z.int().min(0),
})
export type EvaluationPlan = z.output<typeof evaluationPlanSchema>

/** Evidence of an adapter: how well its attribution predicts real retraining. A blob of the adapter; its digest names it. */
export const evidenceSchema = z.object({
  v: z.literal(1),
  evaluation: digestString.describe('blob of the plan'),
  adapter: digestString,
  fractionPpm: z.int(),
  samples: z.int(),
  queries: z.int(),
  masks: z.int(),
  methods: z.array(
    z.object({
      method: z.string(),
      ldsPpm: z.int().describe('mean rank correlation of predicted and actual change, in millionths'),
      lower90Ppm: z.int().describe('lower end of its 90 % interval over queries and masks'),
    }),
  ),
  checks: z.array(
    z.object({
      query: digestString.describe('the held-out text'),
      removed: z.int().describe('samples'),
      topMicroNats: z.int().describe('loss gained a token when the top samples of the unroll are removed'),
      bm25MicroNats: z.int().describe('the same for the samples most alike by their words'),
      randomMicroNats: z.int().describe('the same for as many at random'),
    }),
  ),
  points: z
    .array(z.object({ query: z.int(), predictedNano: z.int(), actualNano: z.int() }))
    .describe('nano-nats, one for each query and mask'),
})
export type Evidence = z.output<typeof evidenceSchema>
