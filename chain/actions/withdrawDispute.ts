import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'

/** Pays an account all that disputes have credited it with. Returns what moved: 0 where nothing was owed. */
export async function withdrawDispute(chain: Chain, account: Address): Promise<bigint> {
  const address = chain.contracts.disputes
  const { abi } = disputes
  const owed = () => chain.reader.readContract({ address, abi, functionName: 'payableWei', args: [account] })
  const wei = await owed()
  if (wei === 0n) return 0n
  const { sent } = await sendOnce(chain, {
    action: 'paying out disputes',
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
