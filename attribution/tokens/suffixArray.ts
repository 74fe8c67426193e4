type Text = Uint8Array | Uint16Array | Int32Array

/**
 * The order of all suffixes of a text: sa[0] is where the least of them begins. The end of the text is less than any symbol.
 *
 * Induced sorting: suffixes that are less than their right neighbour while their left one is greater (LMS) are sorted by
 * themselves, as a text of half the length at most; the order of all others follows from theirs in two passes.
 * Symbols are 0 to `sigma` - 1. Cost: linear in the length, whatever repeats; 4 bytes a symbol for the result, 1 for the
 * types, and at most as much again for the shorter texts. Source: Nong, Zhang, Chan, Linear suffix array construction
 * by almost pure induced-sorting (2009).
 */
export function suffixArray(text: Text, sigma: number, sa: Int32Array = new Int32Array(text.length)): Int32Array {
  const n = text.length
  if (n === 0) return sa
  const types = typesOf(text)
  const sizes = new Int32Array(sigma)
  for (let i = 0; i < n; i++) sizes[text[i]!]!++
  sa.fill(-1)
  const tails = tailsOf(sizes)
  for (let i = n - 1; i > 0; i--) if (isLms(types, i)) sa[--tails[text[i]!]!] = i
  induce(text, types, sizes, sa)

  // The sorted LMS substrings come to the front, and equal ones get the same name.
  let count = 0
  for (let i = 0; i < n; i++) if (isLms(types, sa[i]!)) sa[count++] = sa[i]!
  if (count > 0) sortLms(text, types, sa, count)

  const order = sa.slice(0, count)
  sa.fill(-1)
  tails.set(tailsOf(sizes))
  for (let i = count - 1; i >= 0; i--) sa[--tails[text[order[i]!]!]!] = order[i]!
  induce(text, types, sizes, sa)
  return sa
}

/** Replaces the first `count` entries, LMS positions by their substrings, by the same positions by their whole suffixes. */
function sortLms(text: Text, types: Uint8Array, sa: Int32Array, count: number): void {
  const n = text.length
  // No two LMS positions are neighbours, so half a position is a place of its own behind the sorted ones.
  const names = sa.subarray(count)
  names.fill(-1)
  let name = -1
  for (let i = 0, before = -1; i < count; i++) {
    const at = sa[i]!
    if (before < 0 || !sameSubstring(text, types, before, at)) name++
    names[at >>> 1] = name
    before = at
  }
  if (name + 1 === count) return
  const shorter = new Int32Array(count)
  for (let i = 0, j = 0; i < names.length; i++) if (names[i]! >= 0) shorter[j++] = names[i]!
  const positions = new Int32Array(count)
  for (let i = 1, j = 0; i < n; i++) if (isLms(types, i)) positions[j++] = i
  const order = suffixArray(shorter, name + 1, sa.subarray(0, count))
  for (let i = 0; i < count; i++) order[i] = positions[order[i]!]!
}

/** From the sorted LMS suffixes at their buckets' ends: those greater than their right neighbour, then those less. */
function induce(text: Text, types: Uint8Array, sizes: Int32Array, sa: Int32Array): void {
  const n = text.length
  const heads = headsOf(sizes)
  sa[heads[text[n - 1]!]!++] = n - 1
  for (let i = 0; i < n; i++) {
    const at = sa[i]! - 1
    if (at < 0) continue
    // Two symbols that lie side by side tell the type most of the time, without looking it up far away.
    const symbol = text[at]!
    const next = text[at + 1]!
    if (symbol > next || (symbol === next && types[at] === 0)) sa[heads[symbol]!++] = at
  }
  const tails = tailsOf(sizes)
  for (let i = n - 1; i >= 0; i--) {
    const at = sa[i]! - 1
    if (at < 0) continue
    const symbol = text[at]!
    const next = text[at + 1]!
    if (symbol < next || (symbol === next && types[at] === 1)) sa[--tails[symbol]!] = at
  }
}

/** 1 where a suffix is less than its right neighbour. The last one is greater than the empty one. */
function typesOf(text: Text): Uint8Array {
  const types = new Uint8Array(text.length)
  for (let i = text.length - 2; i >= 0; i--) {
    const here = text[i]!
    const next = text[i + 1]!
    types[i] = here < next ? 1 : here > next ? 0 : types[i + 1]!
  }
  return types
}

function isLms(types: Uint8Array, i: number): boolean {
  return i > 0 && types[i] === 1 && types[i - 1] === 0
}

function sameSubstring(text: Text, types: Uint8Array, a: number, b: number): boolean {
  const n = text.length
  for (let i = 0; ; i++) {
    if (a + i >= n || b + i >= n) return false
    if (text[a + i] !== text[b + i] || types[a + i] !== types[b + i]) return false
    if (i > 0 && isLms(types, a + i) && isLms(types, b + i)) return true
    if (i > 0 && (isLms(types, a + i) || isLms(types, b + i))) return false
  }
}

function headsOf(sizes: Int32Array): Int32Array {
  const heads = new Int32Array(sizes.length)
  for (let c = 1; c < sizes.length; c++) heads[c] = heads[c - 1]! + sizes[c - 1]!
  return heads
}

function tailsOf(sizes: Int32Array): Int32Array {
  const tails = new Int32Array(sizes.length)
  for (let c = 0, sum = 0; c < sizes.length; c++) tails[c] = sum += sizes[c]!
  return tails
}
