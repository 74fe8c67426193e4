import { z } from 'zod'

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
  stream: z.boolean().default(false),
  user: z.string().max(200).optional(),
})
export type ChatRequest = z.output<typeof chatRequest>
