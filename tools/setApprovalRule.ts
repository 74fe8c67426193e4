import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const setApprovalRule = defineTool({
  name: 'set_approval_rule',
  summary:
    'Say which calls need an approval: of a tool, or of all that spend; by an agent, or by all. The narrowest rule holds.',
  effect: 'write',
  input: z.object({
    tool: z.string().min(1).max(100).default('*').describe('name of a tool; * stands for all that spend'),
    agent: z.string().max(200).default('').describe('type of a workflow, or a face (http, mcp); empty: all'),
    mode: z
      .enum(['ask', 'under', 'unattended', 'none'])
      .describe('ask: a person; under: by itself up to underWei; unattended: nobody; none: takes the rule away'),
    underWei: weiString.optional().describe('of one action that the rule approves by itself'),
    budgetWei: weiString.optional().describe('of all that it approves by itself, until it is set anew'),
    expiresSeconds: z.int().min(1).max(31_536_000).optional().describe('how long a person has to answer'),
  }),
  output: z.object({ tool: z.string(), agent: z.string(), mode: z.enum(['ask', 'under', 'unattended', 'none']) }),
})
