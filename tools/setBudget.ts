import { z } from 'zod'
import { addressString, weiString } from '../kernel/index.ts'
import { budgetRow } from './budgeting/budgetRow.ts'
import { defineTool } from './defineTool.ts'

const limit = (of: string) => weiString.nullable().optional().describe(`most ${of}, wei; null takes the limit away`)

export const setBudget = defineTool({
  name: 'set_budget',
  summary: 'Limit what the agents of this home may spend from its wallet. Every limit that matches a payment holds.',
  effect: 'write',
  input: z.object({
    agent: z.string().max(100).default('').describe('a workflow type or face, such as buyer or http; empty: all'),
    perPaymentWei: limit('for one payment'),
    perApprovalWei: limit('for one token approval or channel deposit'),
    perRunWei: limit('for one run'),
    perDayWei: limit('for one day (UTC)'),
    perCounterpartyWei: limit('to one address, ever'),
    totalWei: limit('of all, ever'),
    run: z.string().max(200).default('').describe('perRunWei is for this run alone'),
    counterparty: addressString.optional().describe('perCounterpartyWei is for this address alone'),
  }),
  output: z.object({ wallet: addressString, limits: z.array(budgetRow) }),
})
