import { z } from 'zod'
import { digestString, payeeIdString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { payeeStatement } from './publishing/published.ts'

export const statement = defineTool({
  name: 'statement',
  summary:
    'Show what a payee earned: per epoch, per answer, by which samples, share and rule, credited and charged, and what is claimed or waits.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString }),
  output: z.object({
    payee: payeeIdString,
    samples: z.int(),
    accepted: z.int(),
    earnedWei: weiString.describe('in all epochs: the sum of theirs'),
    claimedWei: weiString,
    waitingWei: weiString.describe('earned and not claimed'),
    epochs: z.array(
      payeeStatement.omit({ payee: true, cumulativeWei: true, proof: true }).extend({
        epoch: z.int(),
        root: digestString,
        owedWei: weiString.describe('what losses leave to be set against later gains'),
        claimed: z.boolean(),
        published: z.boolean().describe('whether its statement and proof are published under the epoch’s index'),
      }),
    ),
  }),
})
