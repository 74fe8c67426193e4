import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { proposalView } from './governing/proposalView.ts'

export const executeProposal = defineTool({
  name: 'execute_proposal',
  summary: 'Execute a proposal whose timelock is over; anybody may. This home then goes by what it changed. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ proposal: digestString }),
  output: z.object({ transaction: digestString, proposal: proposalView }),
})
