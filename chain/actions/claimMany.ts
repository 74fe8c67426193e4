import { encodeFunctionData, getAbiItem } from 'viem'
import type { PayeeId } from '../../kernel/index.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { batchProof, inTreeOrder } from '../merkle/batchProof.ts'
import { payeeKey } from '../merkle/payeeKey.ts'
import type { RewardClaim } from '../merkle/rewardTree.ts'

export type ClaimResult = {
  /** Moved by this call, to addresses and to escrow accounts. */
  claimedWei: bigint
  /** Payees that got something by this call. */
  payees: number
  txs: Sent[]
}

/** At most 68 k gas a claim: a batch stays below 7 M gas. */
const batchSize = 100

/**
 * Claims for any number of payees against the last final root, in batches of neighbours in the tree, each with one proof. A payee
 * that has its due already costs nothing, so a call that was cut is simply repeated. Anyone may claim for anyone; the money
 * goes to the payee alone. Throws chain/reverted (BadProof, NoFinalRoot), and what `sendOnce` and batchProof throw.
 */
export async function claimMany(chain: Chain, asked: readonly RewardClaim[]): Promise<ClaimResult> {
  const result: ClaimResult = { claimedWei: 0n, payees: 0, txs: [] }
  const claims = inTreeOrder(asked)
  for (let from = 0; from < claims.length; from += batchSize) {
    const due = await stillDue(chain, claims.slice(from, from + batchSize))
    if (due.length === 0) continue
    const { abi } = rewardVault
    const { claims: batch, proof, flags } = batchProof(due)
    const leaves = batch.map(({ payee, cumulativeWei }) => ({ payee: payeeKey(payee), cumulativeWei }))
    const sent = await sendOnce(chain, {
      action: `claiming for ${due.length} payees`,
      to: chain.contracts.rewardVault,
      abi,
      data: encodeFunctionData({ abi, functionName: 'claimMany', args: [leaves, proof, flags] }),
      done: async () => {
        if ((await stillDue(chain, due)).length > 0) return undefined
        const event = getAbiItem({ abi, name: 'Claimed' })
        const args = { payee: payeeKey(due[0]!.payee) }
        return findTransaction(chain, { address: chain.contracts.rewardVault, event, args })
      },
    })
    if (!sent.sent) continue
    result.txs.push(sent)
    result.payees += due.length
    for (const { dueWei } of due) result.claimedWei += dueWei
  }
  return result
}

type Due = RewardClaim & { dueWei: bigint }

async function stillDue(chain: Chain, claims: readonly RewardClaim[]): Promise<Due[]> {
  const claimed = await Promise.all(claims.map(({ payee }) => readClaimed(chain, payee)))
  return claims
    .map((claim, i) => ({ ...claim, dueWei: claim.cumulativeWei - claimed[i]! }))
    .filter(({ dueWei }) => dueWei > 0n)
}

/** What a payee has claimed in all epochs: paid to its address, or credited to its escrow account. */
export async function readClaimed(chain: Pick<Chain, 'reader' | 'contracts'>, payee: PayeeId): Promise<bigint> {
  return chain.reader.readContract({
    address: chain.contracts.rewardVault,
    abi: rewardVault.abi,
    functionName: 'claimedOf',
    args: [payeeKey(payee)],
  })
}
