import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { staking } from '../abis/staking.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { readStake, stakeRoles, type StakeRole } from './readStake.ts'

/**
 * Asks back what the sender has at stake above `wei`; nothing where it has no more, so a repetition asks nothing more. The
 * cool-down starts anew for all that is pending. Throws what `sendOnce` throws.
 */
export async function lowerStake(
  chain: Chain,
  { role, wei }: { role: StakeRole; wei: bigint },
): Promise<Sent | undefined> {
  const account = chain.writer.account.address.toLowerCase() as Address
  const active = async () => BigInt((await readStake(chain, { account, role })).activeWei)
  const aboveWei = (await active()) - wei
  if (aboveWei <= 0n) return undefined
  const address = chain.contracts.staking
  const { abi } = staking
  const index = stakeRoles.indexOf(role)
  return sendOnce(chain, {
    action: `asking a stake back as ${role}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'requestUnstake', args: [index, aboveWei] }),
    done: async () => {
      if ((await active()) > wei) return undefined
      const event = getAbiItem({ abi, name: 'UnstakeRequested' })
      return findTransaction(chain, { address, event, args: { account, role: index } })
    },
  })
}
