import { z } from 'zod'
import { addressString, weiString } from '../kernel/index.ts'
import { budgetRow } from './budgeting/budgetRow.ts'
import { defineTool } from './defineTool.ts'

export const budgetStatus = defineTool({
  name: 'budget_status',
  summary: 'Show the limits of the wallet that agents pay from, what counts against them, and what is still open.',
  effect: 'read',
  input: z.object({ all: z.boolean().default(false).describe('also runs and days that are over') }),
  output: z.object({
    wallet: addressString,
    asset: z.string().describe('the token, as CAIP-19 writes it'),
    rows: z.array(budgetRow),
    open: z.array(
      z.object({
        key: z.string(),
        agent: z.string(),
        run: z.string(),
        of: z.enum(['payment', 'approval']),
        state: z.enum(['reserved', 'signed']).describe('reserved: nothing is signed yet; signed: it can be charged'),
        counterparty: addressString,
        amountWei: weiString,
        untilMs: z.int().nullable().describe('when it is over by itself'),
      }),
    ),
  }),
})
