import { z } from 'zod'
import { digestString, weiString } from '../../kernel/index.ts'
import { decision } from './decision.ts'

export const buyerInput = z.object({
  model: z.string().min(1).optional().describe('alias or adapter digest; chosen from the catalogue unless given'),
  questions: z
    .array(z.object({ prompt: z.string().min(1), sample: digestString.optional() }))
    .min(1)
    .max(1_000),
  budgetWei: weiString,
  perPaymentCapWei: weiString.optional().describe('most that one answer may cost; by default the whole budget'),
  minimumAnswers: z.int().min(0).default(0).describe('nothing is bought when the budget cannot pay for so many'),
  maxTokens: z.int().min(1).max(1024).default(64),
  seed: z.int().min(0).default(1),
  judge: z.boolean().default(false).describe('say of each answer whether it is of use'),
})

/** The buyer, as whoever starts it sees it. Answers stay in the store, under their receipts. */
export const buyerContract = {
  summary: 'Finds a model, asks it questions, pays for each answer within a budget, and judges what it got.',
  input: buyerInput,
  output: z.object({
    answers: z.array(
      z.object({
        question: z.int().describe('its position among those asked'),
        sample: digestString.optional(),
        receipt: digestString,
        feeWei: weiString,
        promptTokens: z.int(),
        completionTokens: z.int(),
        latencyMs: z.int(),
        transaction: z.string(),
      }),
    ),
    notBought: z.array(z.object({ question: z.int(), reason: z.string() })),
    spentWei: weiString,
    leftWei: weiString,
    enough: z.boolean().describe('whether at least minimumAnswers were bought'),
    model: z.string().optional().describe('that was chosen'),
    decisions: z.array(decision).optional(),
    judged: z
      .array(
        z.object({ receipt: digestString, useful: z.boolean(), by: z.enum(['model', 'policy']), reason: z.string() }),
      )
      .optional(),
  }),
}
