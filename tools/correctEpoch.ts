import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const correctEpoch = defineTool({
  name: 'correct_epoch',
  summary:
    'Compute an epoch’s statement again after a dispute rejected its root, and store it in place of the rejected one. Where that gives the rejected root again, nothing changes: what it is computed from has to be mended first.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1), look: z.int().min(1).default(1).describe('which look this is') }),
  output: z.object({ epoch: z.int(), root: digestString, changed: z.boolean() }),
})
