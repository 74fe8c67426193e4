import { z } from 'zod'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const postRoot = defineTool({
  name: 'post_root',
  summary:
    'Move the epoch’s fees from escrow to vault, treasury and Datanet pools, propose the reward root, wait out the challenge window and finalise it.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ epoch: z.int(), transactions: z.array(z.string()) }),
})
