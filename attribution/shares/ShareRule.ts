import type { PayeeId } from '../../kernel/index.ts'

/** What an attribution says of one payee. */
export type PayeeScore = {
  payee: PayeeId
  scoreMicroNats: number
  /** How many samples it has in the training; rules that ask for it refuse scores without it. */
  samples?: number
  /** The score of each of them; as above. */
  sampleScoresMicroNats?: readonly number[]
}

/** The scores of one answer, sorted by payee, and what the revenue rule says of them. */
export type ScoresToWeigh = {
  payees: readonly PayeeScore[]
  noiseFloorMicroNats: number
  /** Positive score of groups that no payee could be shown to have earned. */
  unassignedMicroNats: bigint
}

/** Weights, 0 or more, by which the contributors' part is divided: one for each payee in order, and the pool's. */
export type ShareWeights = {
  payees: bigint[]
  pool: bigint
  /** In the same unit, for each payee: what it is charged with; set against its credits of the epoch by settleAccounts. */
  debits?: bigint[]
}

/** How scores become shares. The id is stored in revenue rules on chain; a changed formula is a new id. */
export type ShareRule = { id: string; weigh(scores: ScoresToWeigh): ShareWeights }
