import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'
import { deviceStamp, recipeSchema } from '../../models/index.ts'

/**
 * What an adapter is, for people and auditors. Its canonical digest goes on chain with the adapter's own. It quotes no text:
 * the samples of text before and after lie in a blob of their own, which can be dropped while the card stays.
 */
export const trainingCard = z.object({
  v: z.literal(2),
  alias: z.string(),
  adapter: digestString,
  base: digestString,
  baseName: z.string(),
  datanet: digestString.describe('root of the version'),
  datanetName: z.string(),
  datanetVersion: z.int(),
  licences: z.array(z.object({ licence: z.string(), samples: z.int() })),
  recipe: recipeSchema,
  recipeDigest: digestString,
  smooth: z.boolean(),
  run: digestString,
  plan: digestString.describe('of the run’s tokens; states name it'),
  /** Of the published checkpoint; all counterfactual adapters are of the same step. */
  steps: z.int(),
  stepsTrained: z.int(),
  stepsPlanned: z.int(),
  samples: z.int(),
  payees: z.int(),
  groups: z.int(),
  lossesMicroNats: z.array(z.int()),
  validation: z.array(z.object({ step: z.int(), lossMicroNats: z.int() })),
  heldOutLossBeforeMicroNats: z.int(),
  heldOutLossAfterMicroNats: z.int(),
  skipped: z.array(z.object({ step: z.int(), sample: digestString })),
  counterfactuals: z.array(digestString),
  counterfactualRoot: digestString,
  influence: digestString,
  path: digestString
    .optional()
    .describe('batch gradients of the run, for its exact unroll; absent in cards of before it was kept'),
  texts: digestString.describe('blob of what base and adapter say to held-out prompts'),
  finalState: digestString,
  attribution: z.string(),
  rule: digestString,
  device: deviceStamp.optional().describe('of a GPU worker: these bits are claimed on an equal device only'),
})
export type TrainingCard = z.output<typeof trainingCard>

export const textSamples = z.array(
  z.object({ sample: digestString, prompt: z.string(), before: z.string(), after: z.string() }),
)
export type TextSamples = z.output<typeof textSamples>
