import { encodeFunctionData, getAbiItem } from 'viem'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type EpochClosing = {
  /** From 1, without gaps. */
  epoch: number
  /** For the rewards of payees, server and model owner. */
  vaultWei: bigint
  treasuryWei: bigint
}

/**
 * Moves the fees of an epoch out of the escrow, once: the rewards' part to the vault, the treasury's to the treasury.
 * What is left is carried. Throws chain/recorded-differently when it was closed with other amounts, chain/reverted
 * (NotNextEpoch, TreasuryOverCeiling, ERC20InsufficientBalance), and what `sendOnce` throws.
 */
export async function closeEpoch(chain: Chain, { epoch, vaultWei, treasuryWei }: EpochClosing): Promise<Sent> {
  const address = chain.contracts.feeEscrow
  const { abi } = feeEscrow
  return sendOnce(chain, {
    action: `closing epoch ${epoch}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'closeEpoch', args: [BigInt(epoch), vaultWei, treasuryWei] }),
    done: async () => {
      const found = await readClosing(chain, epoch)
      if (found === undefined) return undefined
      if (found.vaultWei !== vaultWei || found.treasuryWei !== treasuryWei) {
        const facts = { vaultWei: found.vaultWei.toString(), treasuryWei: found.treasuryWei.toString() }
        throw recordedDifferently('closing of epoch', epoch, facts)
      }
      const event = getAbiItem({ abi, name: 'EpochClosed' })
      return findTransaction(chain, { address, event, args: { epoch: BigInt(epoch) } })
    },
  })
}

/** How an epoch was closed on chain; undefined while it is open. */
export async function readClosing(
  chain: Pick<Chain, 'reader' | 'contracts'>,
  epoch: number,
): Promise<(EpochClosing & { closedAt: number }) | undefined> {
  const { vaultWei, treasuryWei, closedAt } = await chain.reader.readContract({
    address: chain.contracts.feeEscrow,
    abi: feeEscrow.abi,
    functionName: 'closing',
    args: [BigInt(epoch)],
  })
  return closedAt === 0n ? undefined : { epoch, vaultWei, treasuryWei, closedAt: Number(closedAt) }
}
