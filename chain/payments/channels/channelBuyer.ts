import { decodePaymentSignatureHeader } from '@x402/core/http'
import type { PaymentRequirements } from '@x402/core/types'
import { toClientEvmSigner } from '@x402/evm'
import {
  BatchSettlementEvmScheme,
  processPaymentResponse,
  type ClientChannelStorage,
} from '@x402/evm/batch-settlement/client'
import type { LocalAccount } from 'viem'
import { digestString, TributaryError, type Digest } from '../../../kernel/index.ts'
import { openToken } from '../../abis/openToken.ts'
import type { Chain } from '../../client/openChain.ts'
import type { BuyerScheme } from '../buyerScheme.ts'
import { depositNonce } from './bringDeposit.ts'
import { decodeChannelPayment, readChannelPayload, type ChannelPayload } from './channelPayload.ts'
import { channelIdOf } from './channelDigests.ts'
import { readChannel } from './readChannel.ts'
import type { ChannelConfig } from './channelConfig.ts'

type SignedDeposit = NonNullable<ChannelPayload['deposit']>

/** Where a buyer keeps its channels: a role. A deposit that was signed is kept before it leaves. */
export type OwnChannels = {
  storage: ClientChannelStorage
  findDeposit: (channel: Digest) => Promise<{ deposit: SignedDeposit; untilMs: number } | undefined>
  saveDeposit: (channel: Digest, kept: { deposit: SignedDeposit; untilMs: number } | undefined) => Promise<void>
}

export type ChannelBuyerOptions = {
  account: LocalAccount
  own: OwnChannels
  /** How much is deposited at a time; ten prices unless given, whatever the seller announces. */
  depositWei?: bigint | undefined
  /**
   * Asked before a deposit is kept and leaves: `restWei` is what the channel would hold beyond the payment that brings it. Nothing
   * is deposited where it throws.
   */
  approve?: ((deposit: { id: string; restWei: bigint }) => Promise<void>) | undefined
  now?: () => number
}

/**
 * x402 `batch-settlement` as a buyer, by the package's own client. A deposit is signed once: until the chain has it, or its
 * time is over, every payment that needs one carries the same, so that no crash deposits twice. One payment of a channel at
 * a time: the caller sees to that. Vouchers are cumulative, so a later one charges nothing twice.
 */
export function channelBuyer(chain: Chain, options: ChannelBuyerOptions): BuyerScheme {
  const { account, own, depositWei, approve, now = Date.now } = options
  const signer = toClientEvmSigner(account, chain.reader)
  const inner = new BatchSettlementEvmScheme(signer, {
    storage: own.storage,
    depositStrategy: ({ requestAmount, minimumDepositAmount }) => {
      const wanted = depositWei ?? BigInt(requestAmount) * 10n
      const least = BigInt(minimumDepositAmount)
      return (wanted > least ? wanted : least).toString()
    },
  })

  /** Where a deposit of ours has come to the chain since, its money is there to be spent. */
  async function lookAfterDeposit(id: Digest): Promise<SignedDeposit | undefined> {
    const kept = await own.findDeposit(id)
    if (kept === undefined) return undefined
    const { salt } = kept.deposit.authorization.erc3009Authorization
    const landed = await chain.reader.readContract({
      address: chain.contracts.openToken,
      abi: openToken.abi,
      functionName: 'authorizationState',
      args: [account.address, depositNonce(id, salt as `0x${string}`)],
    })
    if (!landed && kept.untilMs > now()) return kept.deposit
    if (landed) {
      const { balanceWei } = await readChannel(chain, id)
      const context = (await own.storage.get(id)) ?? {}
      await own.storage.set(id, { ...context, balance: balanceWei.toString() })
    }
    await own.saveDeposit(id, undefined)
    return undefined
  }

  const client: BuyerScheme['client'] = {
    scheme: inner.scheme,
    schemeHooks: inner.schemeHooks,
    async createPaymentPayload(version, requirements, context) {
      const config = inner.buildChannelConfig(requirements) as ChannelConfig
      const id = channelIdOf(config, chain.chainId)
      const pending = await lookAfterDeposit(id)
      const made = await inner.createPaymentPayload(version, requirements, context)
      const payload = made.payload as ChannelPayload
      if (payload.type !== 'deposit' || payload.deposit === undefined) return made
      const { balance = '0' } = (await own.storage.get(id)) ?? {}
      const { voucher, deposit } = payload
      if (pending === undefined) {
        const { validBefore, salt } = deposit.authorization.erc3009Authorization
        const restWei = BigInt(balance) + BigInt(deposit.amount) - BigInt(voucher.maxClaimableAmount)
        await approve?.({ id: `${id}/${salt}`, restWei })
        await own.saveDeposit(id, { deposit, untilMs: Number(validBefore) * 1_000 })
        return made
      }
      const { balanceWei } = await readChannel(chain, id)
      if (BigInt(payload.voucher.maxClaimableAmount) > balanceWei + BigInt(pending.amount)) throw tooSmall(id, pending)
      return { ...made, payload: { ...made.payload, deposit: pending } }
    },
  }

  return {
    id: inner.scheme,
    client,
    takes: ({ extra }: PaymentRequirements) => (extra?.['assetTransferMethod'] ?? 'eip3009') === 'eip3009',
    decode: (payload) => decodeChannelPayment(payload, now()),
    // What it allowed is part of what the next voucher allows: signing again charges nothing twice.
    isDead: (_, { code }) => staleCodes.has(code),
    async answered(known, response) {
      const payload = decodePaymentSignatureHeader(known.header)
      const { voucher, deposit } = readChannelPayload(payload)
      await processPaymentResponse(own.storage, (name) => response.headers.get(name) ?? undefined, {
        channelId: digestString.parse(voucher.channelId.toLowerCase()),
        requestAmount: payload.accepted.amount,
        ...(deposit ? { depositAmount: deposit.amount } : {}),
      })
    },
  }
}

const staleCodes = new Set(['payment/voucher-lower', 'payment/voucher-mismatch', 'payment/replayed', 'payment/over'])

function tooSmall(channel: Digest, { amount }: SignedDeposit): TributaryError {
  return new TributaryError('A deposit that was signed before is still under way, and is too small for this price.', {
    code: 'payment/deposit-pending',
    facts: { channel, depositWei: amount },
    tryThis: 'wait until it is on chain or its time is over, or pay with another scheme',
    retry: true,
  })
}
