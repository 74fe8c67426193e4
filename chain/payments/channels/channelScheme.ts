import { getAddress } from 'viem'
import { digestString, TributaryError, type Address, type Digest } from '../../../kernel/index.ts'
import type { Chain } from '../../client/openChain.ts'
import { networkOf, openDomain } from '../paymentRequirements.ts'
import type { PaymentScheme } from '../paymentScheme.ts'
import { bringDeposit } from './bringDeposit.ts'
import type { ChannelBook, ChannelRecord } from './channelBook.ts'
import { decodeChannelPayment, readChannelPayload } from './channelPayload.ts'
import { claimOf } from './claimChannels.ts'
import { readChannel } from './readChannel.ts'
import { sync, verifyChannelPayment } from './verifyChannelPayment.ts'

/** Seconds between a payer's wish to withdraw and its withdrawal: the least that the contract allows, and time to claim. */
export const withdrawDelay = 900

export type ChannelSchemeOptions = {
  book: ChannelBook
  /** Authorises claims and refunds of all channels: the server's address. */
  receiverAuthorizer: Address
  now?: () => number
}

/**
 * x402 `batch-settlement`: the payer deposits once and signs a voucher an answer, cumulative; the answer leaves when it and the
 * charge are stored, and one transaction settles what was charged of all channels. Charged is what was made.
 */
export function channelScheme(
  chain: Chain,
  { book, receiverAuthorizer, now = Date.now }: ChannelSchemeOptions,
): PaymentScheme {
  const requirements: PaymentScheme['requirements'] = ({ amountWei }) => ({
    scheme: 'batch-settlement',
    network: networkOf(chain.chainId),
    asset: getAddress(chain.contracts.openToken),
    amount: amountWei.toString(),
    payTo: getAddress(chain.contracts.feeEscrow),
    maxTimeoutSeconds: 900,
    extra: {
      ...openDomain,
      assetTransferMethod: 'eip3009',
      receiverAuthorizer: getAddress(receiverAuthorizer),
      withdrawDelay,
      // As many answers as a deposit is worth making for; the package's client deposits so much unless told otherwise.
      minDeposit: (amountWei * 10n).toString(),
    },
  })
  const lately = new Map<Digest, ChannelRecord>()
  return {
    id: 'batch-settlement',
    leaves: 'answered',
    charges: 'made',
    requirements,
    decode: (payload) => decodeChannelPayment(payload, now()),
    verify: async (payment, terms) => {
      const seen = await verifyChannelPayment({ chain, book }, payment, terms)
      lately.delete(payment.channel!.id)
      lately.set(payment.channel!.id, seen)
      if (lately.size > 1_000) lately.delete(lately.keys().next().value!)
    },
    async prepare(payment) {
      const { channelConfig: config, voucher } = readChannelPayload(payment.payload)
      const amountWei = BigInt(payment.payload.accepted.amount)
      if (await bringDeposit(chain, payment, requirements({ amountWei }))) {
        await sync({ chain, book }, digestString.parse(voucher.channelId.toLowerCase()), { config, now: now() })
      }
    },
    /** One payment of a channel is settled with all before it: by what claims the channel. Here it is only looked up. */
    async settle({ payload }) {
      const { voucher } = readChannelPayload(payload)
      const id = digestString.parse(voucher.channelId.toLowerCase())
      const { claimedWei } = await readChannel(chain, id)
      if (claimedWei >= BigInt(voucher.maxClaimableAmount)) return { ...(await claimOf(chain, id)), sent: false }
      throw new TributaryError('Payment channels are settled together, not one payment at a time.', {
        code: 'payment/settled-in-batches',
        facts: { channel: id, claimedWei: claimedWei.toString() },
        tryThis: 'call settle_channels',
        retry: true,
      })
    },
    async told({ payload, feeWei, maxWei }) {
      const { voucher } = readChannelPayload(payload)
      const id = digestString.parse(voucher.channelId.toLowerCase())
      const chargedWei = BigInt(voucher.maxClaimableAmount) - maxWei + feeWei
      // As it was when the voucher was verified: nothing that is told here has changed since.
      const known = lately.get(id) ?? (await book.find(id))
      return {
        chargedAmount: feeWei.toString(),
        channelState: {
          channelId: id,
          balance: String(known?.balanceWei ?? 0n),
          totalClaimed: String(known?.claimedWei ?? 0n),
          withdrawRequestedAt: known?.withdrawAt ?? 0,
          refundNonce: String(known?.refundNonce ?? 0),
          chargedCumulativeAmount: chargedWei.toString(),
        },
      }
    },
    async mend({ code, payment }, terms) {
      if (code !== 'payment/voucher-mismatch' && code !== 'payment/voucher-lower') return undefined
      const known = payment.channel && (await book.find(payment.channel.id))
      if (!known) return undefined
      const channelState = {
        channelId: payment.channel?.id,
        balance: String(known.balanceWei),
        totalClaimed: String(known.claimedWei),
        withdrawRequestedAt: known.withdrawAt,
        refundNonce: String(known.refundNonce),
        chargedCumulativeAmount: String(known.chargedWei),
      }
      const voucherState =
        known.signedWei === null || known.signature === null
          ? undefined
          : { signedMaxClaimable: String(known.signedWei), signature: known.signature }
      const extra = { ...terms.extra, channelState, ...(voucherState ? { voucherState } : {}) }
      // The name by which the package's client knows that it may mend its record and sign again.
      return { error: 'invalid_batch_settlement_evm_cumulative_amount_mismatch', requirements: { ...terms, extra } }
    },
  }
}
