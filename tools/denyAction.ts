import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { approvalView } from './approving/approvalView.ts'
import { defineTool } from './defineTool.ts'

export const denyAction = defineTool({
  name: 'deny_action',
  summary: 'Deny an action by its digest. Whoever waits for it is refused.',
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
