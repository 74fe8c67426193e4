import { seededUniform } from '../../models/index.ts'
import type { PayeeId } from '../../kernel/index.ts'
import type { Effects, Name } from './Game.ts'
import { creditNames, settleNames, type Credits, type Epochs, type Judging } from './payNames.ts'

/** One attacker's market before and after, as credits; whose money is watched is `who`. */
export type Side = { names: readonly Name[]; credits: Credits }
export type Watched = { who: PayeeId; before: Side; after: Side }

/** A ratio of shares, after over before, with its 90 % interval over answers and attackers. */
export type Judged = {
  /** Mean share after over mean share before, over attackers and answers. */
  ratio: number
  low: number
  high: number
  /** The mean of each attacker's own ratio, which gives small shares the same weight as large ones. */
  meanOfRatios: number
  /** The highest of them. */
  worst: number
}

/** Credits of a market under a rule. */
export function sideOf({ names, effects }: { names: readonly Name[]; effects: Effects }, judging: Judging): Side {
  return { names, credits: creditNames(names, effects, judging) }
}

export type Counted = {
  /** What a name of theirs is left owing is taken from its stake, so it is subtracted. */
  staked?: boolean
  /** Draws of the bootstrap; 200 unless given. */
  draws?: number
  /** One epoch of all answers unless given. */
  epochs?: Epochs
}

/**
 * What the watched are paid after the attack for each wei before. Bootstrap: draws of attackers and of answers, both with repeats, each settled as an epoch.
 */
export function judge(watched: readonly Watched[], counted: Counted = {}): Judged {
  const answers = watched[0]!.before.credits.length
  const all = Array.from({ length: answers }, (_, answer) => answer)
  const pairs = watched.map((one) => pairOf(one, all, counted))
  const ratios = pairs.map(([before, after]) => after / before)
  const uniform = seededUniform('judge')
  const draws = Array.from({ length: counted.draws ?? 200 }, () => {
    const asked = all.map(() => Math.floor(uniform() * answers))
    const drawn = watched.map(() => watched[Math.floor(uniform() * watched.length)]!)
    return ratioOf(drawn.map((one) => pairOf(one, asked, counted)))
  })
    .filter((ratio) => Number.isFinite(ratio))
    .toSorted((a, b) => a - b)
  return {
    ratio: ratioOf(pairs),
    low: draws[Math.floor(draws.length * 0.05)]!,
    high: draws[Math.floor(draws.length * 0.95)]!,
    meanOfRatios: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
    worst: Math.max(...ratios),
  }
}

function ratioOf(pairs: readonly (readonly [number, number])[]): number {
  return pairs.reduce((sum, [, after]) => sum + after, 0) / pairs.reduce((sum, [before]) => sum + before, 0)
}

function pairOf({ who, before, after }: Watched, answers: readonly number[], counted: Counted): [number, number] {
  return [shareOf(before, who, answers, counted), shareOf(after, who, answers, counted)]
}

function shareOf(
  { names, credits }: Side,
  who: PayeeId,
  answers: readonly number[],
  { staked, epochs }: Counted,
): number {
  const { share, owed } = settleNames(credits, answers, epochs)
  return names.reduce((sum, { owner }, i) => (owner === who ? sum + share[i]! - (staked ? owed[i]! : 0) : sum), 0)
}
