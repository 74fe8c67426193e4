import { encodeFunctionData, getAbiItem, type LocalAccount } from 'viem'
import { refundTypes } from '@x402/evm'
import type { Digest } from '../../../kernel/index.ts'
import { channelsStandIn } from '../../abis/channelsStandIn.ts'
import { findTransaction } from '../../client/findTransaction.ts'
import type { Chain } from '../../client/openChain.ts'
import { sendOnce, type Sent } from '../../client/sendOnce.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import { toContract, type ChannelConfig } from './channelConfig.ts'
import { channelsDomain } from './claimChannels.ts'
import { readChannel } from './readChannel.ts'

const { abi } = channelsStandIn
const address = publishedContracts.channels

/**
 * Gives `amountWei` of a channel back to its payer, once a nonce: what was charged must have been claimed before. A repetition
 * with the nonce of before finds it done. Throws what sendOnce throws.
 */
export async function refundChannel(
  chain: Chain,
  wanted: { id: Digest; config: ChannelConfig; amountWei: bigint; refundNonce: number; server: LocalAccount },
): Promise<Sent> {
  const { id, config, amountWei, refundNonce, server } = wanted
  const nonce = BigInt(refundNonce)
  const signature = await server.signTypedData({
    domain: channelsDomain(chain.chainId),
    types: refundTypes,
    primaryType: 'Refund',
    message: { channelId: id, nonce, amount: amountWei },
  })
  return sendOnce(chain, {
    action: 'refunding a payment channel',
    to: address,
    abi,
    data: encodeFunctionData({
      abi,
      functionName: 'refundWithSignature',
      args: [toContract(config), amountWei, nonce, signature],
    }),
    done: async () => {
      const state = await readChannel(chain, id)
      if (state.refundNonce <= refundNonce) return undefined
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Refunded' }), args: { channelId: id } })
    },
  })
}
