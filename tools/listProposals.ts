import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { proposalView } from './governing/proposalView.ts'

export const listProposals = defineTool({
  name: 'list_proposals',
  summary: 'List the proposals on chain, newest first, with their states, and what is in force.',
  effect: 'read',
  open: true,
  input: z.object({ limit: z.int().min(1).max(100).default(20) }),
  output: z.object({
    rule: digestString.describe('in force'),
    engine: digestString.describe('in force'),
    proposals: z.array(proposalView),
  }),
})
