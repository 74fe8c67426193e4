import type { PayeeId } from '../../kernel/index.ts'
import type { GameSample } from './GameSample.ts'

/** Samples, by their place in a game, that are left out together: what a name, a part of one, or several of them committed. */
export type Coalition = { label: string; out: readonly number[] }

/** A training set, and whom it is trained without, one after the other. */
export type Game = { id: string; samples: readonly GameSample[]; coalitions: readonly Coalition[] }

/** One who takes part in the split: the coalition whose removal effect is its score, and who is behind it. */
export type Name = Coalition & { owner: PayeeId }

/** Removal effects of a game: nats of each query's loss, by coalition. Positive: it helped. */
export type Effects = ReadonlyMap<string, readonly number[]>

/** The coalitions of all payees, each with all that it committed. */
export function everyPayee(samples: readonly GameSample[]): Coalition[] {
  const byPayee = Map.groupBy(samples.keys(), (i) => samples[i]!.text.payee)
  return [...byPayee].map(([label, out]) => ({ label, out }))
}

/** Names for coalitions that are payees, each its own owner. */
export function namesOf(coalitions: readonly Coalition[]): Name[] {
  return coalitions.map(({ label, out }) => ({ label, out, owner: label as PayeeId }))
}
