import type { PaymentRequirements } from '@x402/core/types'
import { isAddressEqual } from 'viem'
import type { Address, Digest } from '../../../kernel/index.ts'
import type { Chain } from '../../client/openChain.ts'
import { recoverSigner } from '../../keys/fastSigner.ts'
import type { DecodedPayment } from '../paymentScheme.ts'
import { refusal } from '../refusal.ts'
import { settleSeconds } from '../verifyPayment.ts'
import type { ChannelBook, ChannelRecord } from './channelBook.ts'
import { noAddress, type ChannelConfig } from './channelConfig.ts'
import { channelIdOf, voucherDigest } from './channelDigests.ts'
import { codeOfChannelReason } from './codeOfChannelReason.ts'
import { readChannelPayload, type ChannelPayload } from './channelPayload.ts'
import { channelFacilitator } from './channelFacilitator.ts'
import { readChannel } from './readChannel.ts'

/** How old what we know of the chain may be. A payer who asks for its money back has to wait longer than that. */
export const freshMs = 5 * 60_000

/**
 * Whether a voucher can be enforced for what is asked, by what was charged before. A voucher of a key-held account over a
 * channel that was looked up lately needs no call of the node: two hashes and one recovery, .4 ms. Deposits, vouchers of
 * contract accounts and channels that were not looked up are judged by the x402 package and the chain.
 * Returns the channel as it was judged by. Throws one of `refusals`, chain/unreachable.
 */
export async function verifyChannelPayment(
  { chain, book }: { chain: Chain; book: ChannelBook },
  payment: DecodedPayment,
  { requirements, now }: { requirements: PaymentRequirements; now: number },
): Promise<ChannelRecord> {
  const read = readChannelPayload(payment.payload)
  compareTerms(chain, payment, { read, requirements, now })
  const { id, signedWei, baseWei } = payment.channel!
  const isDeposit = read.type === 'deposit'
  const known = await book.find(id)
  const isFresh = known !== undefined && now - known.syncedAtMs <= freshMs && known.withdrawAt === 0
  const channel = isFresh && !isDeposit ? known : await sync({ chain, book }, id, { config: read.channelConfig, now })

  if (channel.balanceWei === 0n && !isDeposit) throw refusal('payment/channel-unknown', { channel: id })
  if (channel.withdrawAt !== 0) throw refusal('payment/channel-closing', { channel: id, since: channel.withdrawAt })
  const facts = { channel: id, chargedWei: String(channel.chargedWei), signedWei: String(signedWei) }
  if (signedWei <= channel.chargedWei) throw refusal('payment/voucher-lower', facts)
  if (baseWei !== channel.chargedWei) throw refusal('payment/voucher-mismatch', facts)
  const fundsWei = channel.balanceWei + (isDeposit ? BigInt(read.deposit!.amount) : 0n)
  if (signedWei > fundsWei) throw refusal('payment/over-deposit', { ...facts, depositWei: String(fundsWei) })

  const authorizer = read.channelConfig.payerAuthorizer
  if (authorizer !== noAddress) {
    const signer = recoverSigner(voucherDigest(id, signedWei, chain.chainId), read.voucher.signature as `0x${string}`)
    if (signer !== authorizer.toLowerCase())
      throw refusal('payment/bad-signature', { payer: payment.payer, authorizer })
    if (!isDeposit) return channel
  }
  const verified = await channelFacilitator(chain).verify(payment.payload, requirements)
  if (verified.isValid) return channel
  const reason = verified.invalidReason ?? 'unknown'
  throw refusal(codeOfChannelReason(reason), { reason, payer: payment.payer, channel: id })
}

/** Looks the channel up and keeps what it saw. */
export async function sync(
  { chain, book }: { chain: Chain; book: ChannelBook },
  id: Digest,
  { config, now }: { config: ChannelConfig; now: number },
): Promise<ChannelRecord> {
  const state = await readChannel(chain, id)
  return book.sync({ id, payer: config.payer, config: JSON.stringify(config), state, atMs: now })
}

function compareTerms(
  { chainId }: Chain,
  payment: DecodedPayment,
  { read, requirements, now }: { read: ChannelPayload; requirements: PaymentRequirements; now: number },
): void {
  const { channelConfig: config, type, deposit } = read
  const differs = (got: string, asked: unknown) => !isAddressEqual(got as Address, asked as Address)
  const { amount, asset, payTo, extra } = requirements
  if (payment.network !== requirements.network)
    throw refusal('payment/wrong-network', { asked: requirements.network, got: payment.network })
  if (differs(config.token, asset)) throw refusal('payment/wrong-asset', { asked: asset, got: config.token })
  if (differs(config.receiver, payTo)) throw refusal('payment/wrong-payee', { asked: payTo, got: config.receiver })
  const asked = { receiverAuthorizer: extra['receiverAuthorizer'], withdrawDelay: extra['withdrawDelay'] }
  if (differs(config.receiverAuthorizer, asked.receiverAuthorizer) || config.withdrawDelay !== asked.withdrawDelay) {
    const { receiverAuthorizer, withdrawDelay } = config
    throw refusal('payment/wrong-channel', { ...asked, got: [receiverAuthorizer, withdrawDelay] } as never)
  }
  const id = channelIdOf(config, chainId)
  if (id !== payment.channel?.id) throw refusal('payment/wrong-channel', { channel: payment.channel?.id ?? '', is: id })
  const amounts = { askedWei: amount, offeredWei: payment.amountWei.toString() }
  if (payment.amountWei < BigInt(amount)) throw refusal('payment/underpaid', amounts)
  if (payment.amountWei > BigInt(amount)) throw refusal('payment/overpaid', amounts)
  if (type !== 'deposit') return
  if (deposit === undefined) throw refusal('payment/malformed', { reason: 'payload.deposit: missing' })
  const nowSeconds = BigInt(Math.floor(now / 1_000))
  const times = { payer: payment.payer, nowSeconds: Number(nowSeconds), validBefore: String(payment.validBefore) }
  if (payment.validBefore < nowSeconds + BigInt(settleSeconds)) throw refusal('payment/expired', times)
}
