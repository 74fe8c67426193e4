import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { chatRequest } from './chatRequest.ts'
import { defineTool } from './defineTool.ts'

export const ask = defineTool({
  name: 'ask',
  summary:
    'Ask a model and pay for the answer with x402 out of the buyer wallet, up to maxFeeWei and within its budget. Spends.',
  effect: 'spend',
  input: chatRequest.omit({ stream: true, stream_options: true }).extend({
    maxFeeWei: weiString.optional(),
    runBudgetWei: weiString.optional().describe('most that the whole run may spend; it can only become less'),
    pay: z
      .enum(['exact', 'upto', 'channel'])
      .default('exact')
      .describe('upto: charged for what was made; channel: that, by one deposit and then a voucher an answer'),
    depositWei: weiString.optional().describe('of a channel, at a time; ten prices unless given'),
    run: z.string().max(200).optional().describe('names the run of a caller that is no workflow'),
  }),
  mostWei: ({ maxFeeWei }) => maxFeeWei,
  output: z.object({
    receipt: digestString,
    text: z.string(),
    feeWei: weiString,
    promptTokens: z.int(),
    completionTokens: z.int(),
    latencyMs: z.int(),
    transaction: z.string(),
  }),
})
