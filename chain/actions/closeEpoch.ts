import { encodeFunctionData, getAbiItem } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type EpochClosing = {
  /** From 1, without gaps. */
  epoch: number
  /** For the rewards of contributors. */
  contributorsWei: bigint
  /** For those of server and model owner. Both go to the vault. */
  operatorsWei: bigint
  treasuryWei: bigint
  /** For the pools of Datanets, by their ids on chain. */
  pools: readonly { datanet: Digest; wei: bigint }[]
}

/** A closing as the chain keeps it. */
export type ClosedEpoch = Omit<EpochClosing, 'pools'> & { poolsWei: bigint; closedAt: number }

/**
 * Moves the fees of an epoch out of the escrow, once: the rewards' part to the vault, the treasury's to the treasury, what
 * nobody earned to the pools. What is left belongs to later epochs. Throws chain/recorded-differently when it was closed with
 * other amounts, chain/reverted (NotNextEpoch, TreasuryOverCeiling, OperatorsOverCeiling, ERC20InsufficientBalance), and what
 * `sendOnce` throws.
 */
export async function closeEpoch(chain: Chain, closing: EpochClosing): Promise<Sent> {
  const { epoch, contributorsWei, operatorsWei, treasuryWei } = closing
  const pools = closing.pools.filter(({ wei }) => wei > 0n)
  const poolsWei = pools.reduce((sum, { wei }) => sum + wei, 0n)
  const address = chain.contracts.feeEscrow
  const { abi } = feeEscrow
  return sendOnce(chain, {
    action: `closing epoch ${epoch}`,
    to: address,
    abi,
    data: encodeFunctionData({
      abi,
      functionName: 'closeEpoch',
      args: [
        BigInt(epoch),
        contributorsWei,
        operatorsWei,
        treasuryWei,
        pools.map(({ datanet, wei }) => ({ datanet, amountWei: wei })),
      ],
    }),
    done: async () => {
      const found = await readClosing(chain, epoch)
      if (found === undefined) return undefined
      const asked = { contributorsWei, operatorsWei, treasuryWei, poolsWei }
      const keys = Object.keys(asked) as (keyof typeof asked)[]
      if (keys.some((key) => found[key] !== asked[key])) {
        const facts = Object.fromEntries(keys.map((key) => [key, found[key].toString()]))
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
): Promise<ClosedEpoch | undefined> {
  const { closedAt, ...sums } = await chain.reader.readContract({
    address: chain.contracts.feeEscrow,
    abi: feeEscrow.abi,
    functionName: 'closing',
    args: [BigInt(epoch)],
  })
  return closedAt === 0n ? undefined : { epoch, ...sums, closedAt: Number(closedAt) }
}
