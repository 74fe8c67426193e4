import { encodeFunctionData, getAbiItem, type Hex, type LocalAccount } from 'viem'
import { claimBatchTypes } from '@x402/evm'
import type { Digest } from '../../../kernel/index.ts'
import { channelsStandIn } from '../../abis/channelsStandIn.ts'
import { findTransaction } from '../../client/findTransaction.ts'
import type { Chain } from '../../client/openChain.ts'
import { sendOnce, type Sent } from '../../client/sendOnce.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import { toContract, type ChannelConfig } from './channelConfig.ts'
import { readChannel } from './readChannel.ts'

/** What is claimed of one channel: all that was charged, by the latest voucher. */
export type ChannelClaim = {
  id: Digest
  config: ChannelConfig
  chargedWei: bigint
  signedWei: bigint
  signature: Hex
}

const { abi } = channelsStandIn
const address = publishedContracts.channels

/**
 * Claims what was charged of many channels and moves it to the fee escrow, in one transaction, whatever the number of answers.
 * `server` is the receiverAuthorizer of all of them. Cost: 26k gas a channel when 50 are settled (chain/contracts/gas), 125k for one alone.
 * Safe to repeat: what is claimed already is looked up first. Throws what sendOnce throws.
 */
export async function claimChannels(
  chain: Chain,
  { claims, server }: { claims: readonly ChannelClaim[]; server: LocalAccount },
): Promise<Sent> {
  const rows = claims.map(({ config, chargedWei, signedWei, signature }) => ({
    voucher: { channel: toContract(config), maxClaimableAmount: signedWei },
    signature,
    totalClaimed: chargedWei,
  }))
  const signature = await server.signTypedData({
    domain: channelsDomain(chain.chainId),
    types: claimBatchTypes,
    primaryType: 'ClaimBatch',
    message: {
      claims: claims.map(({ id, signedWei, chargedWei }) => ({
        channelId: id,
        maxClaimableAmount: signedWei,
        totalClaimed: chargedWei,
      })),
    },
  })
  const { feeEscrow, openToken } = chain.contracts
  const calls = [
    encodeFunctionData({ abi, functionName: 'claimWithSignature', args: [rows, signature] }),
    encodeFunctionData({ abi, functionName: 'settle', args: [feeEscrow, openToken] }),
  ]
  return sendOnce(chain, {
    action: 'settling payment channels',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'multicall', args: [calls] }),
    done: async () => {
      const states = await Promise.all(claims.map(({ id }) => readChannel(chain, id)))
      if (!claims.every(({ chargedWei }, i) => states[i]!.claimedWei >= chargedWei)) return undefined
      return claimOf(chain, claims.at(-1)!.id)
    },
  })
}

/** The transaction that claimed of a channel last. Throws chain/log-missing. */
export function claimOf(chain: Chain, channelId: Digest): Promise<{ tx: Hex; block: number }> {
  return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Claimed' }), args: { channelId } })
}

export function channelsDomain(chainId: number) {
  return {
    name: 'x402 Batch Settlement',
    version: '1',
    chainId,
    verifyingContract: publishedContracts.channels,
  } as const
}
