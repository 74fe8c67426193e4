import { z } from 'zod'
import { digestString, revenueRuleSchema } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const showRule = defineTool({
  name: 'show_rule',
  summary: 'Show a revenue rule by its digest, or the one in force.',
  effect: 'read',
  open: true,
  input: z.object({ digest: digestString.optional() }),
  output: z.object({ digest: digestString, current: z.boolean(), rule: revenueRuleSchema }),
})
