import { z } from 'zod'
import { weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { stakeRole, stakeState } from './stakeOf.ts'

export const stake = defineTool({
  name: 'stake',
  summary: 'Raise what this home vouches with in a role to an amount. What is there already is not staked again.',
  effect: 'spend',
  input: z.object({ role: stakeRole, wei: weiString.describe('what is to be at stake in all') }),
  mostWei: ({ wei }) => wei,
  output: stakeState.extend({ transaction: z.string().nullable().describe('null where nothing was lacking') }),
})
