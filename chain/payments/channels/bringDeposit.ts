import type { PaymentRequirements } from '@x402/core/types'
import { encodeAbiParameters, keccak256, type Hex } from 'viem'
import type { Digest } from '../../../kernel/index.ts'
import { openToken } from '../../abis/openToken.ts'
import { chainError } from '../../client/chainError.ts'
import type { Chain } from '../../client/openChain.ts'
import type { PaymentToSettle } from '../paymentScheme.ts'
import { refusal } from '../refusal.ts'
import { channelFacilitator } from './channelFacilitator.ts'
import { codeOfChannelReason } from './codeOfChannelReason.ts'
import { readChannelPayload } from './channelPayload.ts'

/**
 * Puts the deposit of a payment on chain, once: whether it is there is asked of the token, whose authorisation has a nonce made
 * of channel and salt. True when there was one to bring. What is not used of it can be withdrawn by its payer.
 * Throws one of `refusals`, chain/unreachable.
 */
export async function bringDeposit(
  chain: Chain,
  { payer, payload }: PaymentToSettle,
  requirements: PaymentRequirements,
): Promise<boolean> {
  const { type, voucher, deposit } = readChannelPayload(payload)
  if (type !== 'deposit' || deposit === undefined) return false
  const nonce = depositNonce(voucher.channelId as Hex, deposit.authorization.erc3009Authorization.salt as Hex)
  const isThere = () =>
    chain.reader.readContract({
      address: chain.contracts.openToken,
      abi: openToken.abi,
      functionName: 'authorizationState',
      args: [payer, nonce],
    })
  try {
    if (await isThere()) return true
    const result = await channelFacilitator(chain).settle(payload, requirements)
    if (result.success || (await isThere())) {
      await chain.persist('blocks')
      return true
    }
    const reason = result.errorReason ?? 'unknown'
    const code = codeOfChannelReason(reason)
    throw refusal(code, { reason, payer, nonce, detail: result.errorMessage ?? '' }, code === 'payment/not-settled')
  } catch (error) {
    throw chainError(error, { action: 'bringing a deposit' })
  }
}

/** The ERC-3009 nonce of a deposit, as the collector makes it. */
export function depositNonce(channel: Hex, salt: Hex): Digest {
  return keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [channel, BigInt(salt)])) as Digest
}
