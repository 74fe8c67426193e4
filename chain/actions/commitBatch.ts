import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type BatchCommitment = {
  datanet: Digest
  /** Root over the salted commitments, in commitment order. */
  root: Digest
  count: number
}

/** Records a batch of commitments, once. Throws chain/recorded-differently, and what `sendOnce` throws. */
export async function commitBatch(chain: Chain, { datanet, root, count }: BatchCommitment): Promise<Sent> {
  const address = chain.contracts.datanetRegistry
  const { abi } = datanetRegistry
  return sendOnce(chain, {
    action: 'committing a batch',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'commitBatch', args: [datanet, root, BigInt(count)] }),
    done: async () => {
      const found = await chain.reader.readContract({ address, abi, functionName: 'batch', args: [root] })
      if (found.blockNumber === 0n) return undefined
      if (found.datanet !== datanet || found.count !== BigInt(count)) {
        throw recordedDifferently('batch', root, { datanet: found.datanet, count: Number(found.count) })
      }
      const event = getAbiItem({ abi, name: 'BatchCommitted' })
      return findTransaction(chain, { address, event, args: { datanet, root } })
    },
  })
}
