import { z } from 'zod'
import { addressString, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const budgetTrail = defineTool({
  name: 'budget_trail',
  summary:
    'List every decision about the wallet’s money: signed lines, each over the one before. Anyone can check them.',
  effect: 'read',
  input: z.object({ from: z.int().min(0).default(0), count: z.int().min(1).max(10_000).default(1_000) }),
  output: z.object({
    wallet: addressString,
    chainId: z.int(),
    lines: z.array(
      z.object({
        subject: z.string(),
        position: z.int(),
        key: z.string(),
        kind: z.string(),
        body: z.string().describe('canonical JSON'),
        previous: digestString,
        digest: digestString,
        signature: z.string(),
        atMs: z.int(),
      }),
    ),
  }),
})
