import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const proposeSpending = defineTool({
  name: 'propose_spending',
  summary:
    'Propose to pay something out of a Datanet’s pool, and say what for. Refuses more than the pool holds. Costs gas.',
  effect: 'spend',
  input: z.object({
    datanet: z.string().min(1).describe('name of the Datanet'),
    to: addressString,
    wei: weiString,
    why: z.string().min(1).max(4_000).describe('for those who vote; its digest is kept on chain'),
  }),
  mostWei: ({ wei }) => wei,
  output: z.object({
    proposal: digestString,
    transaction: digestString,
    votesFrom: z.int().describe('seconds since 1970'),
    votesUntil: z.int(),
  }),
})
