import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const resellModel = defineTool({
  name: 'resell_model',
  summary:
    'Put a model of others on sale that speaks OpenAI’s chat protocol. Its answers are traced verbatim in the samples of a Datanet (provenance, not influence), and the contributors’ part of their fees goes to that Datanet’s pool, unless holders adopted a rule that pays by provenance. The key stays in the environment.',
  effect: 'write',
  input: z.object({
    alias: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/)
      .describe('the name under which it is sold'),
    url: z
      .url({ protocol: /^https?$/ })
      .transform((url) => url.replace(/\/+$/, '').replace(/\/v1$/, ''))
      .describe('address of the upstream, with or without /v1'),
    model: z.string().min(1).max(200).describe('its name there'),
    keyVariable: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,80}$/)
      .optional()
      .describe('environment variable of the gateway that has the key; the key itself is stored nowhere'),
    datanet: z.string().describe('in whose samples answers are looked for'),
    contextTokens: z.int().min(1).max(10_000_000).default(8_192),
    timeoutMs: z.int().min(100).max(3_600_000).default(120_000),
    platformWei: weiString.optional(),
    inputWeiPer1000: weiString.optional(),
    outputWeiPer1000: weiString.optional().describe('tokens are counted by this home’s tokenizer'),
  }),
  output: z.object({
    alias: z.string(),
    adapter: digestString.describe('digest of the card, by which receipts and chain name the model'),
    card: digestString,
    attribution: z.literal('tokens'),
    label: z.string(),
    transaction: z.string(),
  }),
})
