import { encodeFunctionData, getAbiItem } from 'viem'
import { TributaryError, type Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { bondOf } from '../bond/bondOf.ts'
import type { BondCase } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'

/**
 * Ends the round of a case after its time: the case ends, or another round opens. Once a round; anybody may.
 * Throws chain/no-bond, chain/no-case, chain/reverted (RoundRuns), and what `sendOnce` throws.
 */
export async function resolveCase(
  chain: Chain,
  { adapter, slot, round }: { adapter: Digest; slot: number; round: number },
): Promise<Sent> {
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  return sendOnce(chain, {
    action: 'ending a round of reports',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'resolve', args: [adapter, BigInt(slot)] }),
    done: async () => {
      const found = await caseOf(chain, adapter, slot)
      if (found.outcome === 'open' && found.round === round) return undefined
      const name = found.round === round ? 'CaseEnded' : 'RoundOpened'
      return findTransaction(chain, {
        address,
        event: getAbiItem({ abi, name }),
        args: { adapter, slot: BigInt(slot) },
      })
    },
  })
}

async function caseOf(chain: Chain, adapter: Digest, slot: number): Promise<BondCase> {
  const found = (await bondOf(chain, adapter)).cases[slot]
  if (found !== undefined) return found
  throw new TributaryError('There is no such case: nothing was drawn yet, or fewer members.', {
    code: 'chain/no-case',
    facts: { adapter, slot },
    tryThis: 'draw first, and look at the bond: tributary tools bond-status --adapter <digest>',
  })
}
