import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { approvalView } from './approving/approvalView.ts'
import { defineTool } from './defineTool.ts'

export const approveAction = defineTool({
  name: 'approve_action',
  summary: 'Approve an action by its digest: that action, once, and no other. Whoever waits for it goes on.',
  effect: 'write',
  input: z.object({
    digest: digestString.describe('of the canonical action, as show_approval shows it'),
    reason: z.string().max(1_000).optional(),
  }),
  output: z.object({
    approval: approvalView,
    resumed: z.boolean().describe('whether a workflow was told; false: none waits, or it is over'),
  }),
})
