import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const closeChannel = defineTool({
  name: 'close_channel',
  summary:
    'Give a payer what is left of its payment channel: claim what was charged, then refund the rest of the deposit to the payer. Spends gas.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({ channel: digestString }),
  output: z.object({
    channel: digestString,
    payer: addressString,
    claimedWei: weiString.describe('that was charged of it, in all'),
    refundedWei: weiString,
    transaction: z.string().describe('of the refund; empty where nothing was left'),
  }),
})
