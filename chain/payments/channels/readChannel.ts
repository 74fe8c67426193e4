import type { Digest } from '../../../kernel/index.ts'
import { channelsStandIn } from '../../abis/channelsStandIn.ts'
import { chainError } from '../../client/chainError.ts'
import type { Chain } from '../../client/openChain.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import type { ChannelOnChain } from './channelBook.ts'

/** A channel as the chain has it now. Cost: three calls of the node, at once. Throws chain/unreachable. */
export async function readChannel({ reader }: Pick<Chain, 'reader'>, channel: Digest): Promise<ChannelOnChain> {
  const contract = { address: publishedContracts.channels, abi: channelsStandIn.abi } as const
  try {
    const [[balanceWei, claimedWei], [, withdrawAt], refundNonce] = await Promise.all([
      reader.readContract({ ...contract, functionName: 'channels', args: [channel] }),
      reader.readContract({ ...contract, functionName: 'pendingWithdrawals', args: [channel] }),
      reader.readContract({ ...contract, functionName: 'refundNonce', args: [channel] }),
    ])
    return { balanceWei, claimedWei, withdrawAt, refundNonce: Number(refundNonce) }
  } catch (error) {
    throw chainError(error, { action: 'reading a payment channel' })
  }
}
