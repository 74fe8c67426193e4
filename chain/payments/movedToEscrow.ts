import { isAddressEqual, parseEventLogs } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { channelsStandIn } from '../abis/channelsStandIn.ts'
import { openToken } from '../abis/openToken.ts'
import { chainError } from '../client/chainError.ts'
import type { Chain } from '../client/openChain.ts'
import { publishedContracts } from '../deployment/publishedContracts.ts'

type Looking = Pick<Chain, 'reader' | 'contracts'>

/** Wei that a transaction moved into the fee escrow; 0 where it failed or is not in the chain. Throws chain/unreachable. */
export async function movedToEscrow(chain: Looking, hash: Digest): Promise<bigint> {
  const ours = parseEventLogs({ abi: openToken.abi, eventName: 'Transfer', logs: await logsOf(chain, hash) }).filter(
    ({ address, args }) =>
      isAddressEqual(address, chain.contracts.openToken) && isAddressEqual(args.to, chain.contracts.feeEscrow),
  )
  return ours.reduce((sum, { args }) => sum + args.value, 0n)
}

/** Up to where a transaction claimed a payment channel, in wei; 0 where it did not. Throws chain/unreachable. */
export async function claimedOf(chain: Looking, channel: Digest, hash: Digest): Promise<bigint> {
  const claims = parseEventLogs({
    abi: channelsStandIn.abi,
    eventName: 'Claimed',
    logs: await logsOf(chain, hash),
  }).filter(({ address, args }) => isAddressEqual(address, publishedContracts.channels) && args.channelId === channel)
  return claims.at(-1)?.args.newTotalClaimed ?? 0n
}

async function logsOf({ reader }: Looking, hash: Digest) {
  try {
    const { status, logs } = await reader.getTransactionReceipt({ hash })
    return status === 'success' ? logs : []
  } catch (error) {
    if ((error as Error).name === 'TransactionReceiptNotFoundError') return []
    throw chainError(error, { action: 'reading a settlement' })
  }
}
