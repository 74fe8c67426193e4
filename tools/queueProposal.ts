import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { proposalView } from './governing/proposalView.ts'

export const queueProposal = defineTool({
  name: 'queue_proposal',
  summary: 'Put a proposal that was voted for into the timelock; anybody may. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ proposal: digestString }),
  output: z.object({ transaction: digestString, proposal: proposalView }),
})
