import { z } from 'zod'
import { digestString, weiString } from '../../kernel/index.ts'
import { decision } from './decision.ts'

export const treasurerInput = z.object({
  minimumReceipts: z.int().min(1).default(1).describe('an epoch is left open until so many answers wait for it'),
})

/** The treasurer, as whoever starts it sees it. */
export const treasurerContract = {
  summary:
    'Reconciles budgets, closes the open epoch when enough answers wait for it, has everybody paid, and reports.',
  input: treasurerInput,
  output: z.object({
    outcome: z.enum(['closed', 'left open']),
    epoch: z.int(),
    waiting: z.int().describe('answers that waited for it'),
    openPayments: z.int().describe('of the budgets, after they were reconciled'),
    decisions: z.array(decision),
    report: z
      .object({
        root: digestString,
        receivedWei: weiString,
        paidWei: weiString,
        treasuryWei: weiString,
        poolWei: weiString,
        claimedWei: weiString,
        payees: z.int(),
      })
      .nullable(),
  }),
}
