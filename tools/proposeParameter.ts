import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { governedParameters } from './governing/governedParameters.ts'

export const proposeParameter = defineTool({
  name: 'propose_parameter',
  summary:
    'Propose another setting of governance itself: times of voting and of the timelock in seconds, the votes that a proposal needs in wei, the quorum in percent. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    name: z.enum(governedParameters),
    value: z.string().regex(/^(0|[1-9][0-9]{0,30})$/, 'must be a whole number'),
    why: z.string().max(4_000).default('').describe('for those who vote'),
  }),
  output: z.object({
    proposal: digestString,
    transaction: digestString,
    votesFrom: z.int().describe('seconds since 1970'),
    votesUntil: z.int(),
  }),
})
