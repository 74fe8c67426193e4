import { z } from 'zod'
import { payeeIdString, weiString } from '../kernel/index.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const claim = defineTool({
  name: 'claim',
  summary:
    'Claim final rewards on behalf of payees (all of them by default). Addresses are paid; unclaimed payees are credited to their escrow account.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({ payees: z.array(payeeIdString).optional() }),
  output: z.object({
    claimedWei: weiString.describe('of the last final epoch, by whomever'),
    movedWei: weiString
      .optional()
      .describe('by this call, to addresses and escrow accounts; absent in results of before it was said'),
    payees: z.int(),
    transactions: z.array(z.string()),
  }),
})
