import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { stakeRole, stakeState } from './stakeOf.ts'

export const unstake = defineTool({
  name: 'unstake',
  summary:
    'Ask back what this home has at stake in a role above an amount. It can be withdrawn after the cool-down, and be slashed until then.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ role: stakeRole, wei: weiString.describe('what is to stay at stake') }),
  output: stakeState.extend({ transaction: z.string().nullable().describe('null where no more is at stake') }),
})
