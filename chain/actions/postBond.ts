import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { retrainBond } from '../abis/retrainBond.ts'
import { readBond, readBondLeaves } from '../bond/readBond.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type BondToPost = {
  adapter: Digest
  bondWei: bigint
  /** Digest of the run's plan. */
  plan: Digest
  /** Digest of the stamp of the engine that trained. */
  machine: Digest
  /** Digest of the file from which strangers train again. */
  bundle: Digest
  /** Digests of the counterfactual adapters, by group. */
  leaves: readonly Digest[]
}

/**
 * Posts the bond of a registered adapter, once. Throws chain/recorded-differently, chain/reverted (UnknownAdapter,
 * NotAnswerable, OtherSet, BondTooSmall, ERC20InsufficientBalance), and what `sendOnce` throws.
 */
export async function postBond(chain: Chain, bond: BondToPost): Promise<Sent> {
  const { adapter, bondWei, plan, machine, bundle, leaves } = bond
  const address = chain.contracts.retrainBond
  const { abi } = retrainBond
  if ((await readBond(chain, adapter)) === undefined) await ensureAllowance(chain, { spender: address, wei: bondWei })
  return sendOnce(chain, {
    action: 'posting the bond of an adapter',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'post', args: [adapter, bondWei, plan, machine, bundle, leaves] }),
    done: async () => {
      const found = await readBond(chain, adapter)
      if (found === undefined) return undefined
      const posted = await readBondLeaves(chain, adapter)
      const same =
        found.bondWei === bondWei &&
        found.plan === plan &&
        found.machine === machine &&
        found.bundle === bundle &&
        posted.join() === leaves.join()
      if (!same) {
        const { plan: foundPlan, machine: foundMachine, bundle: foundBundle } = found
        const facts = { bondWei: found.bondWei.toString(), plan: foundPlan, machine: foundMachine, bundle: foundBundle }
        throw recordedDifferently('bond', adapter, facts)
      }
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'BondPosted' }), args: { adapter } })
    },
  })
}
