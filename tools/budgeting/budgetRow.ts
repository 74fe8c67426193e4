import { z } from 'zod'
import { weiString } from '../../kernel/index.ts'

/** One limit with what counts against it, or what counts where no limit is set. */
export const budgetRow = z.object({
  agent: z.string().describe('empty: all agents of the wallet'),
  scope: z.enum(['payment', 'approval', 'run', 'day', 'counterparty', 'total']),
  bucket: z.string().describe('the run, the day (UTC) or the address that is counted; empty: each'),
  limitWei: weiString.nullable(),
  setBy: z.enum(['operator', 'run']).nullable(),
  reservedWei: weiString.describe('counted, and not yet charged'),
  spentWei: weiString,
  leftWei: weiString.nullable(),
})
export type BudgetRow = z.infer<typeof budgetRow>
