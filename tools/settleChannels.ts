import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const settleChannels = defineTool({
  name: 'settle_channels',
  summary:
    'Claim what was charged of all payment channels and move it to the fee escrow, many answers in one transaction; unless forced, only once enough waits or a payer withdraws.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({
    force: z.boolean().default(false).describe('whatever little waits, as before an epoch closes'),
  }),
  output: z.object({
    channels: z.int().describe('that were claimed'),
    answers: z.int().describe('that are settled now'),
    settledWei: weiString,
    transactions: z.array(digestString),
    waiting: z.object({ answers: z.int(), wei: weiString }).describe('what is left for a later settlement'),
    reason: z.string().describe('why now, or why not'),
  }),
})
