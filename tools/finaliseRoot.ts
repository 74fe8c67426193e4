import { z } from 'zod'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const finaliseRoot = defineTool({
  name: 'finalise_root',
  summary: 'Make an epoch’s proposed root final once its challenge window is over: from here payees can claim.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ epoch: z.int(), transaction: z.string() }),
})
