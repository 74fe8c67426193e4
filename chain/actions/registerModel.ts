import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { modelRegistry } from '../abis/modelRegistry.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type ModelRecord = {
  adapter: Digest
  base: Digest
  /** Root of a published Datanet version. */
  datanet: Digest
  recipe: Digest
  /** Root over the digests of the counterfactual adapters. */
  counterfactuals: Digest
  card: Digest
  /** Digest of the set of licences that its use is bound to: those of the samples. */
  licences: Digest
  /** Digest of a revenue rule that governance adopted. */
  rule: Digest
  modelOwner: Address
}

/** Records an adapter, once. Throws chain/recorded-differently, and what `sendOnce` throws. */
export async function registerModel(chain: Chain, model: ModelRecord): Promise<Sent> {
  const { adapter, ...made } = model
  const address = chain.contracts.modelRegistry
  const { abi } = modelRegistry
  return sendOnce(chain, {
    action: 'registering a model',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'register', args: [adapter, { ...made, blockNumber: 0n }] }),
    done: async () => {
      const found = await readModel(chain, adapter)
      if (found === undefined) return undefined
      const { block, ...record } = found
      const keys = Object.keys(model) as (keyof ModelRecord)[]
      const same = keys.every((key) => record[key].toLowerCase() === model[key].toLowerCase())
      if (!same) throw recordedDifferently('model', adapter, { ...record, block })
      const event = getAbiItem({ abi, name: 'ModelRegistered' })
      return findTransaction(chain, { address, event, args: { adapter } })
    },
  })
}

/** The record of an adapter, with the block that holds it; undefined where there is none. */
export async function readModel(
  chain: Pick<Chain, 'reader' | 'contracts'>,
  adapter: Digest,
): Promise<(ModelRecord & { block: number }) | undefined> {
  const found = await chain.reader.readContract({
    address: chain.contracts.modelRegistry,
    abi: modelRegistry.abi,
    functionName: 'model',
    args: [adapter],
  })
  if (found.blockNumber === 0n) return undefined
  return {
    adapter,
    base: found.base as Digest,
    datanet: found.datanet as Digest,
    recipe: found.recipe as Digest,
    counterfactuals: found.counterfactuals as Digest,
    card: found.card as Digest,
    licences: found.licences as Digest,
    rule: found.rule as Digest,
    modelOwner: found.modelOwner.toLowerCase() as Address,
    block: Number(found.blockNumber),
  }
}
