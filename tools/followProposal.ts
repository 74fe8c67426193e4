import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const followProposal = defineTool({
  name: 'follow_proposal',
  summary:
    'Start the workflow that waits until a proposal is voted on and its timelock is over, and queues and executes it. It survives any restart; a proposal that is not passed ends it.',
  effect: 'write',
  input: z.object({ proposal: digestString }),
  output: z.object({ workflow: z.string() }),
})
