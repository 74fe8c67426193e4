import { z } from 'zod'
import { attributionSchema, attributionTiers, digestString, ppmInteger } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { confidenceSchema } from './explaining/confidence.ts'
import { auditorRequest } from './gating/auditorRequest.ts'
import { sourceKinds, sourceSchema } from './explaining/sourcesOf.ts'

export const traceAnswer = defineTool({
  name: 'trace_answer',
  summary:
    'Show whose samples an answer stands on: payees and samples with their influence and share; by sample, contributor or Datanet, with the claim of the method and what is known of its error. Waits while the answer is being attributed.',
  effect: 'read',
  waits: true,
  open: true,
  input: z.object({
    receipt: digestString,
    top: z.int().min(1).max(100).default(5),
    tier: z
      .enum(attributionTiers)
      .optional()
      .describe(
        'receipt: the scores made at once; money: those that the fee was split by. The highest there is unless given',
      ),
    by: z
      .enum(sourceKinds)
      .optional()
      .describe('adds a list by sample, contributor or Datanet; contributor where only tier is given'),
    auditor: auditorRequest,
  }),
  output: attributionSchema.extend({
    view: z
      .object({
        tier: z.enum(attributionTiers),
        by: z.enum(sourceKinds),
        sources: z
          .array(sourceSchema)
          .describe('the largest share first, at most `top`; by sample as many as the record names'),
        poolPpm: ppmInteger.describe('what nobody could be shown to have earned: it goes to the pool'),
        claims: z.object({ groups: z.string(), samples: z.string() }).describe('what the scores claim, as sentences'),
        confidence: confidenceSchema,
      })
      .optional()
      .describe('there when `by` or `tier` was given, and the answer has scores of influence'),
  }),
})
