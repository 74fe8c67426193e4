import { z } from 'zod'
import { attributionTiers, digestString, payeeIdString, ppmInteger, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { confidenceSchema } from './explaining/confidence.ts'
import { auditorRequest } from './gating/auditorRequest.ts'

export const explain = defineTool({
  name: 'explain',
  summary: 'Say why a payee was, or was not, paid for one answer, step by step, with the numbers. It quotes no text.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString, receipt: digestString, auditor: auditorRequest }),
  output: z.object({
    payee: payeeIdString,
    receipt: digestString,
    paid: z.boolean(),
    sharePpm: ppmInteger,
    wei: weiString.describe('of this answer’s fee; a credit where the rule keeps accounts'),
    chargedWei: weiString.describe('set against its credits of the epoch, where the rule keeps accounts'),
    epoch: z
      .object({ number: z.int(), earnedWei: weiString })
      .nullable()
      .describe('all that it earned in the answer’s epoch; null while that is open, or where it never earned'),
    tier: z.enum(attributionTiers).describe('money: the scores that the fee was split by; receipt: those made at once'),
    method: z.string(),
    claims: z.object({ groups: z.string(), samples: z.string() }).describe('what the scores claim, as sentences'),
    group: z
      .object({ number: z.int(), of: z.int(), others: z.int(), scoreMicroNats: z.int() })
      .nullable()
      .describe('null: the payee has no sample in this adapter'),
    steps: z.array(z.string()),
    confidence: confidenceSchema.nullable().describe('null: there are no scores whose error could be known'),
    provenance: z
      .object({
        label: z.string().describe('what it does not say'),
        rule: z.string().nullable().describe('the provenance rule that it is paid by; null: the pool gets the part'),
        sharePpm: ppmInteger.describe('of the surprisal of the answer: words that stand in samples of the payee'),
        milliBits: z.int(),
        spans: z.int().describe('of the answer that stand verbatim in samples, of whomever'),
        unexplainedPpm: ppmInteger,
        documents: digestString.nullable().describe('root over the ids of the samples that were looked in'),
      })
      .optional()
      .describe('of an answer of a model of others: whose words it repeats, in place of influence, never beside it'),
  }),
})
