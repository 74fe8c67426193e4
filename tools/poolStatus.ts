import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const poolStatus = defineTool({
  name: 'pool_status',
  summary:
    'Show a Datanet’s pool: what it holds, every credit of an epoch and every payment that holders decided, with why.',
  effect: 'read',
  open: true,
  input: z.object({ datanet: z.string().min(1).describe('name of the Datanet') }),
  output: z.object({
    datanet: z.string(),
    id: digestString.describe('on chain'),
    balanceWei: weiString,
    creditedWei: weiString,
    spentWei: weiString,
    moves: z.array(
      z.object({
        kind: z.enum(['credited', 'spent']),
        wei: weiString,
        to: addressString.nullable(),
        why: z
          .string()
          .nullable()
          .describe('what voters were told; null for a credit, and where no proposal here says it'),
        epoch: z.int().nullable().describe('that credited it'),
        transaction: digestString,
      }),
    ),
  }),
})
