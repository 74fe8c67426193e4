import { encodeFunctionData, getAbiItem, zeroHash, type Hex } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { findTransaction, lastLog, logMissing } from '../client/findTransaction.ts'
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

export type RootOnChain = ProposedRoot & {
  final: boolean
  /** Of one that is not final, in seconds since 1970: from when it can be; and since when a dispute holds it, if one does. */
  finalFrom?: number
  heldAt?: number
}

type ProposedLog = { args: { totalWei?: bigint; evidence?: Hex } }

/** The root on chain and whether it is final; undefined where none is proposed. */
export async function readRoot(
  chain: Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>,
  epoch: number,
): Promise<RootOnChain | undefined> {
  const vault = { address: chain.contracts.rewardVault, abi: rewardVault.abi }
  const [pending, finalEpoch, { root }] = await Promise.all([
    chain.reader.readContract({ ...vault, functionName: 'proposal' }),
    chain.reader.readContract({ ...vault, functionName: 'finalEpoch' }),
    chain.reader.readContract({ ...vault, functionName: 'rootOf', args: [BigInt(epoch)] }),
  ])
  if (pending.epoch === BigInt(epoch)) {
    const { totalWei, finalFrom, heldAt } = pending
    const found = { epoch, root: pending.root as Digest, totalWei, evidence: pending.evidence as Digest, final: false }
    return { ...found, finalFrom: Number(finalFrom), ...(heldAt > 0n && { heldAt: Number(heldAt) }) }
  }
  if (BigInt(epoch) > finalEpoch || root === zeroHash) return undefined
  // The vault keeps the total of the last root alone; that of every other is in the event that proposed it.
  const event = getAbiItem({ abi: vault.abi, name: 'RootProposed' })
  const wanted = { address: vault.address, event, args: { epoch: BigInt(epoch) } }
  const { totalWei, evidence } = ((await lastLog(chain, wanted)) as ProposedLog | undefined)?.args ?? {}
  if (totalWei === undefined || evidence === undefined) throw logMissing(wanted)
  return { epoch, root: root as Digest, totalWei, evidence: evidence as Digest, final: true }
}
