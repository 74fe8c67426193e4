import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const freezeEpoch = defineTool({
  name: 'freeze_epoch',
  summary: 'Close the open epoch to new receipts. From here its fees can no longer be refunded.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ epoch: z.int(), receipts: z.array(z.string()), receivedWei: weiString }),
})
