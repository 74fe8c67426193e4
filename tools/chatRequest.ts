import { z } from 'zod'

/** OpenAI's `response_format`; `name`, `description` and `strict` change nothing here: a schema is always held to. */
const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().max(64).optional(),
      description: z.string().max(1_000).optional(),
      strict: z.boolean().optional(),
      schema: z.record(z.string(), z.unknown()),
    }),
  }),
])

/** The part of OpenAI's chat request that we honour; what we don't is refused, never ignored. */
export const chatRequest = z.strictObject({
  model: z.string().min(1).max(200).describe('an alias, or an adapter digest'),
  messages: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: z.string().max(100_000) }))
    .min(1)
    .max(100),
  max_tokens: z.int().min(1).max(1024).default(64),
  temperature: z.number().min(0).max(2).default(0),
  top_p: z.number().gt(0).max(1).default(1),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
  stop: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(4)
    .optional()
    .describe('the answer ends before the first of these'),
  logprobs: z.boolean().optional().describe('tell the log-probability of each token'),
  top_logprobs: z.int().min(0).max(20).optional().describe('with logprobs: those of so many likeliest tokens too'),
  response_format: responseFormat.optional().describe('json_schema: the answer is valid by the schema'),
  n: z.literal(1, { error: 'one request gets one answer: send more requests' }).optional(),
  frequency_penalty: z.literal(0, { error: 'penalties are not supported' }).optional(),
  presence_penalty: z.literal(0, { error: 'penalties are not supported' }).optional(),
  stream: z.boolean().default(false),
  stream_options: z.strictObject({ include_usage: z.boolean().default(false) }).optional(),
  user: z.string().max(200).optional(),
})
export type ChatRequest = z.output<typeof chatRequest>
