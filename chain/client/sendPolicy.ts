import { localChainId } from '../anvil/anvilCommand.ts'

/** What a transaction may cost, and how patient its sender is. */
export type SendPolicy = {
  /** The most that is offered for a unit of gas, tip included; above it chain/fee-too-high. */
  maxFeePerGasWei: bigint
  /** A transaction that is not mined by then is replaced by a dearer copy of itself, and again after as long. */
  replaceAfterMs: number
  /** Then the caller gets chain/pending or chain/fee-too-high; asked again, it goes on where this one stopped. */
  giveUpAfterMs: number
}

/**
 * A local chain mines at once, and its gas has no price that matters. Elsewhere a block takes 1 to 12 s, and the limit of
 * 500 gwei is there against a faulty estimate, not against an expensive hour: an operator sets its own.
 */
export function defaultSendPolicy(chainId: number): SendPolicy {
  return chainId === localChainId
    ? { maxFeePerGasWei: 10n ** 15n, replaceAfterMs: 3_000, giveUpAfterMs: 120_000 }
    : { maxFeePerGasWei: 500n * 10n ** 9n, replaceAfterMs: 45_000, giveUpAfterMs: 300_000 }
}

/** How many blocks on top of one make it final: a local chain has nobody who would replace it. */
export function defaultConfirmations(chainId: number): number {
  return chainId === localChainId ? 0 : 12
}
