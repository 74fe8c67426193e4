import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const recoverPayments = defineTool({
  name: 'recover_payments',
  summary:
    'Finish what a crash left of payments: settle what was answered, give up what expired without an answer, refund what was taken without one, and settle payment channels when it is time.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({}),
  output: z.object({
    settled: z.int(),
    failed: z.int(),
    refunded: z.int(),
    left: z.int().describe('that wait for their buyer, or for a chain that answers'),
    channels: z.object({ answers: z.int(), settledWei: weiString, reason: z.string() }),
  }),
})
