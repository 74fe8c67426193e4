import { encodeFunctionData, getAbiItem, type Hex } from 'viem'
import { disputes } from '../abis/disputes.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { readDispute, type DisputeState } from './readDispute.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/** By a resolver's verdict, by the accused who gives in, or because a time ran out. */
export type DisputeEnd = { by: 'verdict'; upheld: boolean; slash: boolean } | { by: 'accused' } | { by: 'time' }

/**
 * Ends a dispute, once. Throws chain/no-dispute, chain/recorded-differently where it ended otherwise, chain/reverted (NotAnswered,
 * IsParty, TimeOver, TimeRuns, NotTheAccused), and what `sendOnce` throws.
 */
export async function endDispute(chain: Chain, { id, end }: { id: number; end: DisputeEnd }): Promise<Sent> {
  const address = chain.contracts.disputes
  const { abi } = disputes
  await readDispute(chain, id)
  return sendOnce(chain, {
    action: `ending dispute ${id}`,
    to: address,
    abi,
    data: callOf(BigInt(id), end),
    done: async () => {
      const { state } = await readDispute(chain, id)
      if (state === 'open' || state === 'answered') return undefined
      if (!expected(end).includes(state)) throw recordedDifferently('end of dispute', id, { state })
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Ended' }), args: { id: BigInt(id) } })
    },
  })
}

function callOf(id: bigint, end: DisputeEnd): Hex {
  const { abi } = disputes
  if (end.by === 'accused') return encodeFunctionData({ abi, functionName: 'concede', args: [id] })
  if (end.by === 'time') return encodeFunctionData({ abi, functionName: 'expire', args: [id] })
  return encodeFunctionData({ abi, functionName: 'decide', args: [id, end.upheld, end.slash] })
}

function expected(end: DisputeEnd): DisputeState[] {
  if (end.by === 'verdict') return [end.upheld ? 'upheld' : 'dismissed']
  return end.by === 'accused' ? ['upheld'] : ['upheld', 'undecided']
}
