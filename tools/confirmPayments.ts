import { z } from 'zod'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const confirmPayments = defineTool({
  name: 'confirm_payments',
  summary:
    'Look the settlements of the open epoch’s payments up again, as deep in the chain as it takes to be final. What a reorganisation took is settled again by its signed authorisation, or fails.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({
    epoch: z.int(),
    /** Payments that are final on chain now. */
    confirmed: z.int(),
    /** Of those that had vanished. */
    settledAgain: z.int(),
    failed: z.int(),
  }),
})
