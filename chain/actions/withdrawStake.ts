import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { staking } from '../abis/staking.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'
import { readStake, stakeRoles, type StakeRole } from './readStake.ts'

/**
 * Pays the sender all that it asked back. Returns what moved: 0 where nothing was pending.
 * Throws chain/reverted (CoolingDown, DisputeOpen), and what `sendOnce` throws.
 */
export async function withdrawStake(chain: Chain, role: StakeRole): Promise<bigint> {
  const account = chain.writer.account.address.toLowerCase() as Address
  const pending = async () => BigInt((await readStake(chain, { account, role })).pendingWei)
  const wei = await pending()
  if (wei === 0n) return 0n
  const address = chain.contracts.staking
  const { abi } = staking
  const index = stakeRoles.indexOf(role)
  const { sent } = await sendOnce(chain, {
    action: `withdrawing a stake as ${role}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'withdraw', args: [index] }),
    done: async () => {
      if ((await pending()) > 0n) return undefined
      const event = getAbiItem({ abi, name: 'Withdrawn' })
      return findTransaction(chain, { address, event, args: { account, role: index } })
    },
  })
  return sent ? wei : 0n
}
