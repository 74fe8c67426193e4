import { z } from 'zod'
import { addressString, weiString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { disputeId, disputeState } from './disputeStatus.ts'

export const decideDispute = defineTool({
  name: 'decide_dispute',
  summary:
    'Decide an answered dispute as a resolver who is no party, or end one whose time has run out, and pay both parties what they are due.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    id: disputeId,
    verdict: z
      .enum(['upheld', 'dismissed', 'time'])
      .describe('upheld: the challenger is right; time: nobody answered, or nobody decided, in time'),
    slash: z.boolean().default(false).describe('take a part of the accused’s stake as well, where it is upheld'),
  }),
  output: disputeState.extend({
    transaction: z.string(),
    paid: z.array(z.object({ account: addressString, wei: weiString })),
  }),
})
