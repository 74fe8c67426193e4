import { toWeiString, type Address, type WeiString } from '../../kernel/index.ts'
import { staking } from '../abis/staking.ts'
import type { Chain } from '../client/openChain.ts'

/** Who stakes for what, in the order of the contract. Disputes slashes the attributor's for roots, the server's for receipts. */
export const stakeRoles = ['curator', 'server', 'attributor'] as const
export type StakeRole = (typeof stakeRoles)[number]
export type StakeOf = { account: Address; role: StakeRole }

export type Stake = {
  /** Vouches. */
  activeWei: WeiString
  /** Asked back; slashable until it is withdrawn. */
  pendingWei: WeiString
  /** From when what is pending can be withdrawn, in seconds since 1970; 0 where nothing was ever asked back. */
  withdrawableAt: number
  /** While any is open, nothing can be withdrawn. */
  openDisputes: number
}

/** What an account has at stake in a role. */
export async function readStake(
  { reader, contracts }: Pick<Chain, 'reader' | 'contracts'>,
  { account, role }: StakeOf,
): Promise<Stake> {
  const { abi } = staking
  const args = [account, stakeRoles.indexOf(role)] as const
  const found = await reader.readContract({ address: contracts.staking, abi, functionName: 'stakeOf', args })
  return {
    activeWei: toWeiString(found.activeWei),
    pendingWei: toWeiString(found.pendingWei),
    withdrawableAt: Number(found.withdrawableAt),
    openDisputes: found.disputes,
  }
}
