import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'

/** Contracts that hold what they owe until it is withdrawn. */
const owing = { disputes, retrainBond } as const

/** Pays an account all that one of these contracts owes it. Returns what moved: 0 where nothing was owed. */
export async function withdrawOwed(chain: Chain, from: keyof typeof owing, account: Address): Promise<bigint> {
  const address = chain.contracts[from]
  // Their two functions and the event are the same.
  const abi = owing[from].abi as (typeof retrainBond)['abi']
  const owed = () => chain.reader.readContract({ address, abi, functionName: 'payableWei', args: [account] })
  const wei = await owed()
  if (wei === 0n) return 0n
  const { sent } = await sendOnce(chain, {
    action: `paying out ${from === 'disputes' ? 'disputes' : 'bonds'}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'withdraw', args: [account] }),
    done: async () => {
      if ((await owed()) > 0n) return undefined
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Withdrawn' }), args: { account } })
    },
  })
  return sent ? wei : 0n
}
