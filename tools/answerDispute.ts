import { z } from 'zod'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { disputeId, disputeState } from './disputeStatus.ts'

export const answerDispute = defineTool({
  name: 'answer_dispute',
  summary:
    'Answer a dispute that accuses a key of this home, with a bond, before its time runs out; whoever does not answer loses. Or give in.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    id: disputeId,
    answer: z.string().min(1).max(10_000).describe('why the challenge is wrong, and how to see it'),
    concede: z.boolean().default(false).describe('give in: the root is proposed anew, or the stake is slashed'),
  }),
  output: disputeState.extend({ transaction: z.string() }),
})
