import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { disputeState } from './disputeStatus.ts'

export const openDispute = defineTool({
  name: 'open_dispute',
  summary:
    'Challenge the proposed reward root of an epoch, which is held until the dispute ends, or a receipt, with a bond that the loser loses. What is said is stored and its digest goes on chain.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    epoch: z.int().min(1).optional().describe('of the proposed root; or else name a receipt'),
    receipt: digestString.optional().describe('of this home’s store; not beside an epoch'),
    reason: z.string().min(1).max(10_000).describe('what is wrong and how to see it'),
  }),
  output: disputeState.extend({ transaction: z.string() }),
})
