import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const proposeRule = defineTool({
  name: 'propose_rule',
  summary:
    'Propose a revenue rule to the holders, with a back-test of it on all receipts that were paid by now. Refuses one over the contracts’ ceilings before anything is sent. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    rule: z.looseObject({}).describe('the document of the rule'),
    backtest: digestString.describe('digest of its report: backtest_rule returns it'),
    why: z.string().max(4_000).default('').describe('for those who vote'),
  }),
  output: z.object({
    proposal: digestString,
    transaction: digestString,
    votesFrom: z.int().describe('seconds since 1970'),
    votesUntil: z.int(),
  }),
})
