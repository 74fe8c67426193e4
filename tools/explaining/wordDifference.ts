/** Words of one text that the other has too, has not, or has instead; each with the space behind it. */
export type Change = { text: string; kind: 'same' | 'gone' | 'new' }

const mostWords = 400

/**
 * How one text becomes another, word by word: a longest common subsequence; what is gone stands before what is new.
 * Texts of more than 400 words are compared in their first 400. Cost: n·m comparisons and bytes.
 */
export function wordDifference(before: string, after: string): Change[] {
  const a = wordsOf(before)
  const b = wordsOf(after)
  // common[i][j]: the longest of a from i and b from j
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] = same(a[i], b[j])
        ? common[(i + 1) * width + j + 1]! + 1
        : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
    }
  }
  const changes: Change[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      add(changes, b[j++]!, 'same')
      i++
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      add(changes, a[i++]!, 'gone')
    } else add(changes, b[j++]!, 'new')
  }
  return changes
}

function add(changes: Change[], text: string, kind: Change['kind']): void {
  const last = changes.at(-1)
  if (last?.kind === kind) last.text += text
  else changes.push({ text, kind })
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a?.trimEnd() === b?.trimEnd()
}

function wordsOf(text: string): string[] {
  return (text.match(/\s*\S+\s*/gu) ?? []).slice(0, mostWords)
}
