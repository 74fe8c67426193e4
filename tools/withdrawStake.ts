import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { stakeRole, stakeState } from './stakeOf.ts'

export const withdrawStake = defineTool({
  name: 'withdraw_stake',
  summary: 'Take what this home asked back of its stake in a role, after the cool-down and with no dispute open.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ role: stakeRole }),
  output: stakeState.extend({ withdrawnWei: weiString }),
})
