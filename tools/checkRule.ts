import { z } from 'zod'
import { digestString, revenueRuleSchema } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const checkRule = defineTool({
  name: 'check_rule',
  summary:
    'Check a document as a revenue rule: its fields, its parts, the contracts’ ceilings and what receipts can be paid by; name what differs from the rule in force.',
  effect: 'read',
  open: true,
  input: z.object({ rule: z.looseObject({}).describe('the document of the rule') }),
  output: z.object({
    valid: z.boolean(),
    digest: digestString.nullable().describe('what receipts and the chain would call it by'),
    rule: revenueRuleSchema.nullable(),
    problems: z.array(z.object({ field: z.string(), problem: z.string() })),
    changes: z
      .array(z.object({ field: z.string(), from: z.string(), to: z.string() }))
      .describe('from the rule in force'),
  }),
})
