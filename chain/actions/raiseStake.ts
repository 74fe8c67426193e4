import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { staking } from '../abis/staking.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { readStake, stakeRoles, type StakeRole } from './readStake.ts'

/**
 * Stakes what the sender lacks to vouch with `wei` in a role; nothing where it does already, so a repetition stakes nothing more.
 * Throws chain/reverted (ERC20InsufficientBalance), and what `sendOnce` throws.
 */
export async function raiseStake(
  chain: Chain,
  { role, wei }: { role: StakeRole; wei: bigint },
): Promise<Sent | undefined> {
  const account = chain.writer.account.address.toLowerCase() as Address
  const active = async () => BigInt((await readStake(chain, { account, role })).activeWei)
  const lackingWei = wei - (await active())
  if (lackingWei <= 0n) return undefined
  const address = chain.contracts.staking
  const { abi } = staking
  const index = stakeRoles.indexOf(role)
  await ensureAllowance(chain, { spender: address, wei: lackingWei })
  return sendOnce(chain, {
    action: `staking as ${role}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'stake', args: [index, lackingWei] }),
    done: async () => {
      if ((await active()) < wei) return undefined
      const event = getAbiItem({ abi, name: 'Staked' })
      return findTransaction(chain, { address, event, args: { account, role: index } })
    },
  })
}
