import { getAbiItem } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { datanetPools } from '../abis/datanetPools.ts'
import type { Chain } from '../client/openChain.ts'

export type PoolMove = { wei: bigint; tx: Digest; block: number } & (
  | { kind: 'credited' }
  | { kind: 'spent'; to: Address; reason: Digest }
)

/** A Datanet's pool: what it holds, and what came and went, oldest first. `datanet` is its id on chain. */
export async function readPool(
  chain: Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>,
  datanet: Digest,
): Promise<{ balanceWei: bigint; moves: PoolMove[] }> {
  const address = chain.contracts.datanetPools
  const { abi } = datanetPools
  const asked = { address, args: { datanet }, fromBlock: chain.fromBlock, strict: true } as const
  const [balanceWei, credited, spent] = await Promise.all([
    chain.reader.readContract({ address, abi, functionName: 'balanceOf', args: [datanet] }),
    chain.reader.getLogs({ ...asked, event: getAbiItem({ abi, name: 'Credited' }) }),
    chain.reader.getLogs({ ...asked, event: getAbiItem({ abi, name: 'Spent' }) }),
  ])
  const placed = [
    ...credited.map((log) => ({ log, move: { kind: 'credited' as const, wei: log.args.amountWei } })),
    ...spent.map((log) => {
      const { amountWei: wei, to, reason } = log.args
      return { log, move: { kind: 'spent' as const, wei, to: to.toLowerCase() as Address, reason: reason as Digest } }
    }),
  ].toSorted((a, b) => Number(a.log.blockNumber - b.log.blockNumber) || a.log.logIndex - b.log.logIndex)
  const moves = placed.map(({ log, move }) => {
    return { ...move, tx: log.transactionHash as Digest, block: Number(log.blockNumber) }
  })
  return { balanceWei, moves }
}
