import type { TellProgress } from './ShardProgress.ts'
import { anchorCount, type Team } from './Team.ts'

/** Symbols between two words about how far it is. */
const tellEvery = 2 ** 20

/**
 * The order of all suffixes out of that of the sorted anchors: those that are less than both neighbours go to the ends of their
 * symbols' parts; then those that are greater than their right neighbour are put there by it, then those that are less.
 */
export function induceOrder(
  text: Uint8Array | Uint16Array,
  { types, anchors, order, control }: Team,
  tell: TellProgress,
): Int32Array {
  const n = text.length
  const all = new Int32Array(n).fill(-1)
  if (n === 0) return all
  const sizes = new Int32Array(2 ** (8 * text.BYTES_PER_ELEMENT))
  for (let i = 0; i < n; i++) sizes[text[i]!]!++
  const tails = tailsOf(sizes)
  for (let i = control[anchorCount]! - 1; i >= 0; i--) {
    const anchor = anchors[order[i]!]!
    if ((anchor & 1) === 1) all[--tails[text[anchor >>> 1]!]!] = anchor >>> 1
  }
  const heads = tailsOf(sizes)
  for (let c = 0; c < sizes.length; c++) heads[c]! -= sizes[c]!
  // ~place stands for one whose left neighbour is none for this pass: looking far away is what costs.
  const last = n - 1
  all[heads[text[last]!]!++] = last > 0 && types[last - 1] === 1 ? ~last : last
  for (let i = 0; i < n; i++) {
    if ((i & (tellEvery - 1)) === 0) tell({ phase: 'induce', done: i, of: 2 * n })
    if (all[i]! <= 0) continue
    const at = all[i]! - 1
    const symbol = text[at]!
    const before = at > 0 ? text[at - 1]! : symbol
    const goesOn = at === 0 || before > symbol || (before === symbol && types[at - 1] === 0)
    all[heads[symbol]!++] = goesOn ? at : ~at
  }
  // Now these are the ones with a left neighbour that is less, and so is put in.
  tails.set(tailsOf(sizes))
  for (let i = n - 1; i >= 0; i--) {
    if ((i & (tellEvery - 1)) === 0) tell({ phase: 'induce', done: 2 * n - i, of: 2 * n })
    if (all[i]! >= 0) continue
    all[i] = ~all[i]!
    const at = all[i]! - 1
    const symbol = text[at]!
    const before = at > 0 ? text[at - 1]! : symbol
    const goesOn = at > 0 && (before < symbol || (before === symbol && types[at - 1] === 1))
    all[--tails[symbol]!] = goesOn ? ~at : at
  }
  return all
}

function tailsOf(sizes: Int32Array): Int32Array {
  const tails = new Int32Array(sizes.length)
  for (let c = 0, sum = 0; c < sizes.length; c++) tails[c] = sum += sizes[c]!
  return tails
}
