import { createHash } from 'node:crypto'
import { operators } from './operators.ts'

/** One planted bug: what stands in a line of a contract, and what will. */
export type Mutant = {
  file: string
  line: number
  column: number
  operator: string
  from: string
  to: string
  code: string
}

/** Every mutant of one source, in the order of its lines. */
export function findMutants(file: string, source: string): Mutant[] {
  const seen = new Set<string>()
  const lines = source.split('\n')
  return withoutComments(source)
    .split('\n')
    .flatMap((line, i) => {
      if (/^\s*(import|pragma|using|event|error|contract|interface|library|abstract)\b/.test(line)) return []
      return operators.flatMap(({ name, places }) =>
        places(line).flatMap(({ at, from, to }) => {
          const key = `${i} ${at} ${from} ${to}`
          const standing = lines[i]!.slice(at, at + from.length)
          // What takes text along must not take blanks for a string.
          if (seen.has(key) || (standing !== from && to !== '')) return []
          seen.add(key)
          return [{ file, line: i + 1, column: at, operator: name, from: standing, to, code: lines[i]!.trim() }]
        }),
      )
    })
}

/** The source with this bug in it. */
export function plant(source: string, { line, column, from, to }: Mutant): string {
  const lines = source.split('\n')
  const before = lines[line - 1]!
  lines[line - 1] = before.slice(0, column) + to + before.slice(column + from.length)
  return lines.join('\n')
}

/**
 * `most` of them, by a seeded draw that takes from every file in turn and, within one, from every operator in turn: a long contract does not
 * crowd out a short one, nor comparisons the roles. The same seed on the same sources draws the same.
 */
export function drawMutants(all: readonly Mutant[], { most, seed }: { most: number; seed: number }): Mutant[] {
  const ranked = all
    .map((mutant) => ({
      mutant,
      rank: createHash('sha256')
        .update(`${seed} ${idOf(mutant)}`)
        .digest('hex'),
    }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  const counts = new Map<string, number>()
  const turn = (key: string): number => {
    const next = (counts.get(key) ?? 0) + 1
    counts.set(key, next)
    return next
  }
  const withTurns = ranked.map(({ mutant }) => ({ mutant, turn: turn(`${mutant.file} ${mutant.operator}`) }))
  // The k-th of a file: those whose operator had fewer before come first.
  const byFile = withTurns
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ mutant }) => ({ mutant, place: turn(mutant.file) }))
    .toSorted((a, b) => a.place - b.place)
  const drawn = byFile.slice(0, most).map(({ mutant }) => mutant)
  return drawn.toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column))
}

/** What names a mutant while lines above it come and go. */
export function idOf({ file, column, operator, from, to, code }: Mutant): string {
  return JSON.stringify([file, column, operator, from, to, code])
}

/** Comments, and what stands in strings, become blanks, so that places keep their columns. */
function withoutComments(source: string): string {
  return source.replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g, (found) =>
    found.startsWith('"') ? `"${' '.repeat(found.length - 2)}"` : found.replaceAll(/[^\n]/g, ' '),
  )
}
