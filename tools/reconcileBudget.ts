import { z } from 'zod'
import { defineTool } from './defineTool.ts'

export const reconcileBudget = defineTool({
  name: 'reconcile_budget',
  summary:
    'Look on chain what became of every open payment: what was charged is final, what never can be is free again.',
  effect: 'write',
  input: z.object({}),
  output: z.object({ settled: z.int(), released: z.int(), open: z.int() }),
})
