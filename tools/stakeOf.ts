import { z } from 'zod'
import { addressString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

/** Who stakes for what; the same list as the contract's. */
export const stakeRole = z
  .enum(['curator', 'server', 'attributor'])
  .describe('server: vouches for receipts; attributor: for reward roots; curator: for what is accepted into a Datanet')

export const stakeState = z.object({
  account: addressString,
  role: stakeRole,
  activeWei: weiString,
  pendingWei: weiString.describe('asked back; slashable until it is withdrawn'),
  withdrawableAt: z.int().describe('seconds since 1970; 0 where nothing was asked back'),
  openDisputes: z.int().describe('while any is open, nothing is withdrawn'),
})

export const stakeOf = defineTool({
  name: 'stake_of',
  summary: 'Say what an account has at stake in a role, what it asked back and since when. Reads only.',
  effect: 'read',
  open: true,
  input: z.object({ role: stakeRole, account: addressString.optional().describe('of this home unless given') }),
  output: stakeState,
})
