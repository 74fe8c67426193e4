import type { Address, Digest } from '../../../kernel/index.ts'

/** What the chain says of a channel. */
export type ChannelOnChain = {
  /** Deposits less refunds and withdrawals, in wei; what was claimed stays part of it. */
  balanceWei: bigint
  claimedWei: bigint
  /** Seconds since 1970 at which the payer asked for its money back; 0: it did not. */
  withdrawAt: number
  refundNonce: number
}

export type ChannelRecord = ChannelOnChain & {
  chargedWei: bigint
  /** The voucher in force; null before the first answer. */
  signedWei: bigint | null
  signature: string | null
  syncedAtMs: number
}

/** Where the seller keeps its channels: a role, so that this room needs no database. */
export type ChannelBook = {
  find: (id: Digest) => Promise<ChannelRecord | undefined>
  sync: (seen: {
    id: Digest
    payer: Address
    config: string
    state: ChannelOnChain
    atMs: number
  }) => Promise<ChannelRecord>
}
