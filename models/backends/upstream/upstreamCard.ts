import { z } from 'zod'
import { digestString, digestText, weiString } from '../../../kernel/index.ts'

/** Stands where other models name their training recipe: nobody here trained this one. */
export const upstreamRecipe = digestText('tributary/upstream-model/1')

/**
 * A model of others that is resold, as its operator states it. Its digest is what receipts and the chain name. No key stands in it:
 * only under which variable of the environment the gateway finds one.
 */
export const upstreamCard = z.object({
  v: z.literal(1),
  kind: z.literal('tributary/upstream-model'),
  attribution: z.literal('tokens').describe('answers are traced verbatim; nothing is known of what the model learned'),
  label: z.string().describe('what that does not say'),
  url: z.url({ protocol: /^https?$/ }).describe('without /v1'),
  model: z.string().min(1).max(200).describe('as it is asked for there'),
  keyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,80}$/)
    .nullable()
    .describe('environment variable with the key, null where none is needed'),
  datanet: digestString.describe('root of the Datanet version in whose samples answers are looked for'),
  indexes: z.array(z.object({ alphabet: z.enum(['tokens', 'bytes']), tokenizer: digestString, root: digestString })),
  contextTokens: z.int().min(1).max(10_000_000),
  timeoutMs: z.int().min(100).max(3_600_000),
  price: z.object({ platformWei: weiString, inputWeiPer1000: weiString, outputWeiPer1000: weiString }),
})
export type UpstreamCard = z.output<typeof upstreamCard>
