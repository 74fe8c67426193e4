import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type ProposedRoot = {
  epoch: number
  /** Of the cumulative reward tree. */
  root: Digest
  /** Sum of its leaves: all that was ever earned. */
  totalWei: bigint
  /** Root over the epoch's receipts, scores, rule and adapter set. */
  evidence: Digest
}

/**
 * Proposes an epoch's reward root, once. Throws chain/recorded-differently when another was proposed, chain/reverted
 * (NotNextEpoch, TotalFell, TotalNotFunded), and what `sendOnce` throws.
 */
export async function proposeRoot(chain: Chain, { epoch, root, totalWei, evidence }: ProposedRoot): Promise<Sent> {
  const address = chain.contracts.rewardVault
  const { abi } = rewardVault
  return sendOnce(chain, {
    action: `proposing the root of epoch ${epoch}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'propose', args: [BigInt(epoch), root, totalWei, evidence] }),
    done: async () => {
      const found = await readRoot(chain, epoch)
      if (found === undefined) return undefined
      if (found.root !== root || found.totalWei !== totalWei || found.evidence !== evidence) {
        const facts = { root: found.root, evidence: found.evidence, totalWei: found.totalWei.toString() }
        throw recordedDifferently('root of epoch', epoch, facts)
      }
      const event = getAbiItem({ abi, name: 'RootProposed' })
      return findTransaction(chain, { address, event, args: { epoch: BigInt(epoch) } })
    },
  })
}

/** The root on chain and whether it is final; undefined where none is proposed. */
export async function readRoot(
  chain: Pick<Chain, 'reader' | 'contracts'>,
  epoch: number,
): Promise<(ProposedRoot & { proposedAt: number; final: boolean }) | undefined> {
  const vault = { address: chain.contracts.rewardVault, abi: rewardVault.abi }
  const [found, finalEpoch] = await Promise.all([
    chain.reader.readContract({ ...vault, functionName: 'rootOf', args: [BigInt(epoch)] }),
    chain.reader.readContract({ ...vault, functionName: 'finalEpoch' }),
  ])
  if (found.proposedAt === 0n) return undefined
  return {
    epoch,
    root: found.root as Digest,
    totalWei: found.totalWei,
    evidence: found.evidence as Digest,
    proposedAt: Number(found.proposedAt),
    final: BigInt(epoch) <= finalEpoch,
  }
}
