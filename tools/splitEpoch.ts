import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const splitEpoch = defineTool({
  name: 'split_epoch',
  summary:
    'Split every fee of a frozen epoch by its rule and attribution, build the reward tree and the evidence root, and store statements and leaves.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({
    epoch: z.int(),
    root: digestString,
    evidence: digestString,
    receivedWei: weiString,
    paidWei: weiString,
    contributorsWei: weiString,
    operatorsWei: weiString,
    treasuryWei: weiString,
    poolWei: weiString,
  }),
})
