import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { trainingRequest } from './trainingRequest.ts'

export const planTraining = defineTool({
  name: 'plan_training',
  summary:
    'Choose samples and held-out texts of a Datanet version, draw the payee groups by the hash of a block after the freeze, and fix recipe, order and seed. The same input gives the same run.',
  effect: 'write',
  input: trainingRequest,
  output: z.object({
    run: digestString,
    recipe: digestString,
    samples: z.int(),
    payees: z.int(),
    groups: z.int(),
    steps: z.int(),
    blocks: z.array(z.object({ from: z.int(), to: z.int() })),
    device: z.literal('gpu').optional().describe('its blocks are for a GPU worker first'),
    finished: digestString.nullable().describe('the adapter, when this run was finished before'),
  }),
})
