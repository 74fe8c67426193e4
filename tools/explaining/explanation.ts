import { z } from 'zod'
import { attributionTiers, digestString, payeeIdString, ppmInteger, weiString } from '../../kernel/index.ts'
import { confidenceSchema } from './confidence.ts'

/** What an answer would have been without the payee's group: computed with the adapter that was trained without it. */
export const withoutGroupSchema = z.object({
  lossMicroNats: z.int().describe('mean over the tokens that are scored'),
  lossWithoutMicroNats: z.int(),
  tokens: z
    .array(z.object({ text: z.string(), changeMicroNats: z.int() }))
    .describe(
      'the scored tokens: how much less likely each is without the group, as loss; their mean is the change of the loss',
    ),
  rest: z.string().describe('of the answer, behind the tokens that are scored'),
  answer: z.string().nullable().describe('made again with the same request and seed; null where it could not be'),
  why: z.string().describe('how the answer was made again, or why it was not'),
})
export type WithoutGroup = z.infer<typeof withoutGroupSchema>

/** All that is shown to whoever asks why a payee was, or was not, paid for one answer. */
export const explanationSchema = z.object({
  payee: payeeIdString,
  receipt: digestString,
  model: z.string(),
  adapter: digestString,
  paid: z.boolean(),
  sharePpm: ppmInteger,
  wei: weiString,
  chargedWei: weiString,
  keepsAccounts: z.boolean().describe('charges are set against credits before the epoch pays'),
  feeWei: weiString,
  tier: z.enum(attributionTiers),
  method: z.string(),
  claims: z.object({ groups: z.string(), samples: z.string() }),
  steps: z.array(z.string()),
  question: z.string().nullable().describe('null: dropped at the buyer’s wish'),
  answer: z.string().nullable(),
  group: z
    .object({ number: z.int(), of: z.int(), members: z.array(payeeIdString), scoreMicroNats: z.int() })
    .nullable()
    .describe('null: the payee has no sample in this adapter'),
  contributors: z.array(
    z.object({ payee: payeeIdString, samples: z.int(), scoreMicroNats: z.int(), sharePpm: ppmInteger, wei: weiString }),
  ),
  contributorsInAll: z.int(),
  poolPpm: ppmInteger,
  samples: z.array(
    z.object({
      sample: digestString,
      source: z.string(),
      licence: z.string(),
      text: z.string().nullable().describe('null: its bytes were withdrawn'),
      scoreMicroNats: z.int().nullable().describe('null: it is not among those that the record names'),
      sharePpm: ppmInteger.nullable(),
    }),
  ),
  samplesInAll: z.int(),
  without: withoutGroupSchema.nullable(),
  withoutWhy: z.string().describe('why there is no counterfactual, where there is none'),
  confidence: confidenceSchema,
})
export type Explanation = z.infer<typeof explanationSchema>
