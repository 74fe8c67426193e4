import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const closeEpoch = defineTool({
  name: 'close_epoch',
  summary:
    'Freeze the open epoch, split every fee, post the reward root on chain, finalise it after the challenge window, and claim for all payees.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  waits: true,
  input: z.object({}),
  output: z.object({
    workflow: z.string(),
    epoch: z.int(),
    root: digestString,
    receivedWei: weiString,
    paidWei: weiString,
    treasuryWei: weiString,
    poolWei: weiString,
    claimedWei: weiString,
  }),
})
