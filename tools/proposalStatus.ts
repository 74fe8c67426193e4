import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { proposalView } from './governing/proposalView.ts'

export const proposalStatus = defineTool({
  name: 'proposal_status',
  summary: 'Show a proposal: what it says and what it calls, its votes, its quorum and its times.',
  effect: 'read',
  open: true,
  input: z.object({ proposal: digestString }),
  output: proposalView,
})
