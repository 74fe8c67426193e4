import { z } from 'zod'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const proposeRoot = defineTool({
  name: 'propose_root',
  summary:
    'Move a split epoch’s fees from escrow to vault, treasury and Datanet pools, and propose its reward root. From here its challenge window runs.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ epoch: z.int(), transactions: z.array(z.string()) }),
})
