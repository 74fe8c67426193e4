import { findAnchors } from './findAnchors.ts'
import { induceOrder } from './induceOrder.ts'
import { refineGroups } from './refineGroups.ts'
import type { TellProgress } from './ShardProgress.ts'
import { sortWindows } from './sortWindows.ts'
import { meet, teamOf, type Team } from './Team.ts'

type Text = Uint8Array | Uint16Array

/**
 * The order of all suffixes of a text: the first number is where the least of them begins. The end of the text is less than
 * any symbol.
 *
 * Suffixes that are less than both their neighbours, a third of all, are sorted by themselves, by all threads of a team: by the 8 bytes
 * that they begin with, then by the ranks of what comes behind. The order of all others follows from theirs in two passes.
 * Cost: n log n whatever repeats. Sources: Nong, Zhang, Chan, Linear suffix array construction by almost pure induced-sorting
 * (2009); Larsson, Sadakane, Faster suffix sorting (2007).
 */
export function suffixArray(
  text: Text,
  tell: TellProgress = () => undefined,
  team: Team = teamOf(text.length, 1),
): Int32Array {
  findAnchors(text, team)
  shareSorting(text, team, tell)
  return induceOrder(text, team, tell)
}

/** What the other threads of a team do meanwhile. */
export function shareSorting(text: Text, team: Team, tell: TellProgress = () => undefined): void {
  meet(team)
  const groups = sortWindows(text, team, tell)
  meet(team)
  refineGroups(groups, team, tell)
}
