import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'

/** Pays an account all that the bond contract owes it. Returns what moved: 0 where nothing was owed. */
export async function withdrawBond(chain: Chain, account: Address): Promise<bigint> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  const owed = () => chain.reader.readContract({ address, abi, functionName: 'payableWei', args: [account] })
  const wei = await owed()
  if (wei === 0n) return 0n
  const { sent } = await sendOnce(chain, {
    action: 'paying out bonds',
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
