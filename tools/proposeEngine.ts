import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const proposeEngine = defineTool({
  name: 'propose_engine',
  summary:
    'Propose a version of the attribution engine that is on board to the holders, with the stored evidence of how good it is. Receipts of before stay with the version that scored them. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    engine: digestString.describe('of its document: list_engines shows those on board'),
    evidence: digestString.describe('of a stored report, such as that of evaluate_adapter'),
    why: z.string().max(4_000).default('').describe('for those who vote'),
  }),
  output: z.object({
    proposal: digestString,
    transaction: digestString,
    votesFrom: z.int().describe('seconds since 1970'),
    votesUntil: z.int(),
  }),
})
