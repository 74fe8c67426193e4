import { GroupList } from './GroupList.ts'
import type { TellProgress } from './ShardProgress.ts'
import { anchorCount, groupsLeft, meet, type Team } from './Team.ts'

/** Groups up to this size are sorted by inserting. */
const small = 24

/**
 * Sorts this thread's groups by what comes behind, in place. The rank of the anchor that is `reach` further on tells those of a group
 * apart by as many anchors more, so that the reach doubles in each round. All threads sort by the ranks as they were, then all write
 * new ones. Cost: m log m for each of at most log2 n rounds, m being those still in a group.
 */
export function refineGroups(groups: GroupList, team: Team, tell: TellProgress): void {
  const { thread, control } = team
  let [now, next] = [groups, new GroupList()]
  const all = countIn(groups)
  const sortOne = groupSorter(team)
  for (let round = 0, reach = 1; ; round++, reach *= 2) {
    for (let g = 0; g < now.length; g++) sortOne(now.start(g), now.end(g), reach)
    meet(team)
    // Whoever is here has read what the round before left.
    if (thread === 0) Atomics.store(control, groupsLeft + ((round + 1) % 2), 0)
    next.clear()
    for (let g = 0; g < now.length; g++) rankOne(team, now.start(g), now.end(g), next)
    Atomics.add(control, groupsLeft + (round % 2), next.length)
    meet(team)
    tell({ phase: 'refine', done: all - countIn(next), of: all })
    if (Atomics.load(control, groupsLeft + (round % 2)) === 0) return
    ;[now, next] = [next, now]
  }
}

function countIn(groups: GroupList): number {
  let count = 0
  for (let g = 0; g < groups.length; g++) count += groups.end(g) - groups.start(g)
  return count
}

/** Sorts a group; those that differ from the one before them stand in the order as ~number, for rankOne. */
function groupSorter({ order, ranks, control }: Team): (start: number, end: number, reach: number) => void {
  const m = control[anchorCount]!
  // Number and rank behind it by turns: as 64 bits they sort by the rank. An end is less than any rank.
  let words = new Uint32Array(2_048)
  return (start, end, reach) => {
    const size = end - start
    if (words.length < 2 * size) words = new Uint32Array(Math.min(4 * size, 2 * m))
    // Where one passage is repeated again and again, they are in order already.
    let isSorted = true
    for (let i = 0, before = 0; i < size; i++) {
      const number = order[start + i]!
      const behind = number + reach < m ? ranks[number + reach]! + 1 : 0
      let at = 2 * i
      if (size <= small) {
        for (; at > 0 && words[at - 1]! > behind; at -= 2) {
          words[at] = words[at - 2]!
          words[at + 1] = words[at - 1]!
        }
      } else if (behind < before) isSorted = false
      words[at] = number
      words[at + 1] = behind
      before = behind
    }
    if (!isSorted) new BigUint64Array(words.buffer, 0, size).sort()
    for (let i = 0; i < size; i++) {
      const isFirst = i === 0 || words[2 * i + 1] !== words[2 * i - 1]
      order[start + i] = isFirst ? ~words[2 * i]! : words[2 * i]!
    }
  }
}

/** Gives those of a sorted group their ranks, and notes the groups that are left of it. */
function rankOne({ order, ranks }: Team, start: number, end: number, left: GroupList): void {
  let first = start
  for (let i = start; i < end; i++) {
    const word = order[i]!
    if (word >= 0) {
      ranks[word] = first
      continue
    }
    if (i - first > 1) left.add(first, i)
    first = i
    order[i] = ~word
    ranks[~word] = i
  }
  if (end - first > 1) left.add(first, end)
}
