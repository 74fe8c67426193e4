import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { approvalView } from './approving/approvalView.ts'
import { defineTool } from './defineTool.ts'

export const listApprovals = defineTool({
  name: 'list_approvals',
  summary: 'List the actions that wait for somebody’s word, or were decided about, and the rules that say which do.',
  effect: 'read',
  input: z.object({
    state: z.enum(['waiting', 'approved', 'denied', 'expired']).optional(),
    count: z.int().min(1).max(1_000).default(100),
  }),
  output: z.object({
    approvals: z.array(approvalView).describe('the latest first'),
    rules: z.array(
      z.object({
        tool: z.string().describe('*: all that spend'),
        agent: z.string().describe('the type of a workflow, or a face; empty: all'),
        mode: z.enum(['ask', 'under', 'unattended']),
        underWei: weiString.nullable(),
        budgetWei: weiString.nullable(),
        usedWei: weiString.describe('what the rule has approved by itself'),
        expiresSeconds: z.int().nullable(),
      }),
    ),
    unattended: z.array(z.string()).describe('agents that are held to a budget instead, where no rule says otherwise'),
  }),
})
