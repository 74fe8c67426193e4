import { z } from 'zod'
import { attributionTiers, digestString, payeeIdString, ppmInteger, weiString } from '../../kernel/index.ts'
import { traceSchema } from '../verbatim/trace.ts'

/** All that is shown to whoever asks about one payee's part of an answer that was traced verbatim. */
export const tracedExplanationSchema = z.object({
  evidence: z.literal('provenance'),
  label: z.string().describe('what it does not say'),
  payee: payeeIdString,
  receipt: digestString,
  model: z.string(),
  adapter: digestString.describe('digest of the card'),
  paid: z.boolean(),
  sharePpm: ppmInteger.describe('of the surprisal of the answer, as it is recorded'),
  wei: weiString,
  poolWei: weiString,
  feeWei: weiString,
  tier: z.enum(attributionTiers),
  method: z.string(),
  steps: z.array(z.string()),
  question: z.string().nullable().describe('null: dropped at the buyer’s wish'),
  answer: z.string().nullable(),
  documents: digestString.nullable().describe('root over the ids of the samples that the record was made in'),
  trace: traceSchema.nullable().describe('spans with their samples; null where the answer was dropped'),
  isSame: z.boolean().describe('whether the trace is the recorded one: not where samples were taken down since'),
})
export type TracedExplanation = z.infer<typeof tracedExplanationSchema>
