import { z } from 'zod'
import { digestString, revenueRuleSchema } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const listRules = defineTool({
  name: 'list_rules',
  summary: 'List the revenue rules that this home knows, oldest first, and how many receipts name each.',
  effect: 'read',
  open: true,
  input: z.object({}),
  output: z.object({
    rules: z.array(
      z.object({
        digest: digestString,
        current: z.boolean(),
        knownSinceMs: z.int(),
        receipts: z.int(),
        rule: revenueRuleSchema,
      }),
    ),
  }),
})
