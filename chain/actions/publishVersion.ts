import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { datanetRegistry } from '../abis/datanetRegistry.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type DatanetVersionRecord = {
  datanet: Digest
  /** Root over the accepted samples. */
  root: Digest
  /** Digest of the set of licences. */
  licences: Digest
  card: Digest
  samples: number
}

/** Records a Datanet version, once. Throws chain/recorded-differently, and what `sendOnce` throws. */
export async function publishVersion(chain: Chain, version: DatanetVersionRecord): Promise<Sent> {
  const { datanet, root, licences, card, samples } = version
  const address = chain.contracts.datanetRegistry
  const { abi } = datanetRegistry
  return sendOnce(chain, {
    action: 'publishing a Datanet version',
    to: address,
    abi,
    data: encodeFunctionData({
      abi,
      functionName: 'publishVersion',
      args: [datanet, root, licences, card, BigInt(samples)],
    }),
    done: async () => {
      const found = await readVersion(chain, root)
      if (found === undefined) return undefined
      const same =
        found.datanet === datanet && found.licences === licences && found.card === card && found.samples === samples
      if (!same) throw recordedDifferently('Datanet version', root, { ...found })
      const event = getAbiItem({ abi, name: 'VersionPublished' })
      return findTransaction(chain, { address, event, args: { datanet, root } })
    },
  })
}

/** The version on chain under this root, with the block that recorded it; undefined where there is none. */
export async function readVersion(
  chain: Pick<Chain, 'reader' | 'contracts'>,
  root: Digest,
): Promise<(DatanetVersionRecord & { index: number; block: number }) | undefined> {
  const found = await chain.reader.readContract({
    address: chain.contracts.datanetRegistry,
    abi: datanetRegistry.abi,
    functionName: 'version',
    args: [root],
  })
  if (found.blockNumber === 0n) return undefined
  return {
    datanet: found.datanet as Digest,
    root,
    licences: found.licences as Digest,
    card: found.card as Digest,
    samples: Number(found.samples),
    index: Number(found.index),
    block: Number(found.blockNumber),
  }
}
