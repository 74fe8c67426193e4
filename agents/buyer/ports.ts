import { z } from 'zod'
import { digestString, weiString } from '../../kernel/index.ts'

/** The two tools that the buyer calls; what the tools take and give beyond this is none of its business. */
const chat = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.literal('user'), content: z.string() })),
  max_tokens: z.int().min(1),
  seed: z.int().min(0),
})

/** `quote` (read): the price of one answer. */
export const quotePort = { name: 'quote', input: chat, output: z.object({ feeWei: weiString }) } as const

/** `ask` (spend): buys the answer for at most `maxFeeWei`. */
export const askPort = {
  name: 'ask',
  input: chat.extend({ maxFeeWei: weiString }),
  output: z.object({
    receipt: digestString,
    feeWei: weiString,
    promptTokens: z.int(),
    completionTokens: z.int(),
    latencyMs: z.int(),
    transaction: z.string(),
  }),
} as const
