import type { Digest } from '../../../../kernel/index.ts'

/** One authorisation as its client has it on record, with every answer that came for it. */
export type Signed = {
  intention: string
  scheme: string
  payer: string
  nonce: Digest
  /** The most that it allows to be charged; with exact what is charged. */
  amountWei: bigint
  answers: { id: Digest; body: Record<string, unknown>; signature: string; signer: string; text: string }[]
}

/** A row of the seller's database. */
export type PaymentRow = {
  payer: string
  nonce: string
  state: string
  feeWei: bigint
  receipt: string | null
  epoch: number | null
}

export type EpochRow = {
  number: number
  state: string
  receivedWei: bigint
  paidWei: bigint
  treasuryWei: bigint
  poolWei: bigint
}

/** What everybody has on record after a run, each side by itself: nothing here was asked of another side. */
export type Books = {
  signed: Signed[]
  database: {
    payments: PaymentRow[]
    /** Ids whose stored body, signature and payment fit, checked one by one; all ids. */
    receipts: { id: string; payer: string; nonce: string; verifies: boolean }[]
    epochs: EpochRow[]
    leaves: { epoch: number; payee: string; epochWei: bigint; cumulativeWei: bigint }[]
  }
  chain: {
    supplyWei: bigint
    transfers: { from: string; to: string; wei: bigint }[]
    /** Of every address that ever had tokens, as the token says. */
    balances: Map<string, bigint>
    /** Authorisations that moved money, with where to. */
    moved: { payer: string; nonce: string; to: string; wei: bigint }[]
    /** What clients sent to the fee escrow otherwise than by an authorisation or a channel: `upto`, by Permit2. */
    otherFees: { payer: string; wei: bigint }[]
    /** Payment channels: what was claimed of those of each payer, and the contracts that hold their deposits. */
    channels: { claimed: Map<string, bigint>; holders: string[] }
    refunded: { payer: string; nonce: string; wei: bigint }[]
    /** By payee: all that the vault paid for it. */
    claimed: Map<string, bigint>
    addresses: { feeEscrow: string; vault: string; payeeEscrow: string; treasury: string; pools: string | undefined }
  }
  /** What each client was given at the start. */
  fundedWei: bigint
  /** Answers that engines finished, by key of the payment, in time. */
  runs: { key: string; atMs: number }[]
  /** When something was killed that can cut an answer between the engine and the store. */
  cutsMs: number[]
}
