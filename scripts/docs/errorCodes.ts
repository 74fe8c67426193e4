import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPythonErrorCodes } from './pythonErrorCodes.ts'
import { sourceFilesOf } from './sourceFilesOf.ts'

/** One place in the source that can refuse with a code, with its text and next step where they stand beside it. */
export type ErrorCode = { code: string; message: string; tryThis: string; file: string }

const text = String.raw`'(?:[^'\\\n]|\\.)*'|\x60(?:[^\x60\\]|\\.)*\x60`
const code = String.raw`[a-z0-9]+/[a-z0-9-]+`

/**
 * Every error code of the product, found in the source as text: `code: '…'` of an error, a helper that is given the code
 * and the message, a table of codes, and `code: \`room/${what}\`` with the names that `what` can be.
 * Throws when it finds fewer than 100: then it did not look.
 */
export function findErrorCodes(root: string): ErrorCode[] {
  const found: ErrorCode[] = []
  const sources = sourceFilesOf(root).map((file) => ({ file, source: readFileSync(join(root, file), 'utf8') }))
  const rooms = new Set(
    sources.flatMap(({ source }) => [...source.matchAll(/\bcode: '([a-z]+)\//g)].map(([, room]) => room)),
  )
  for (const { file, source } of sources) {
    for (const { index, at, name } of codesIn(source, rooms)) {
      found.push({ code: name, ...wordsAround(source, index, at), file })
    }
  }
  found.push(...findPythonErrorCodes(root))
  const unique = new Map<string, ErrorCode>()
  for (const one of found) {
    const key = `${one.code} ${one.file}`
    const known = unique.get(key)
    if (known === undefined || (known.message === '' && one.message !== '')) unique.set(key, one)
  }
  const codes = [...unique.values()].toSorted((a, b) => compare(a.code, b.code) || compare(a.file, b.file))
  if (codes.length < 100) throw new Error(`only ${codes.length} error codes were found`)
  return codes
}

/** The list as a page, a part for each room of codes. */
export function renderErrorCodes(codes: readonly ErrorCode[]): string {
  const rooms = Map.groupBy(codes, (one) => one.code.split('/')[0] as string)
  const sections = [...rooms].map(([room, own]) => {
    const entries = [...Map.groupBy(own, (one) => one.code)].map(([name, places]) => {
      const { message = '', tryThis = '' } = places.find((place) => place.message !== '') ?? places[0] ?? {}
      const links = places.map(({ file }) => `[${file.split('/').at(-1)}](../${file})`).join(', ')
      const next = tryThis === '' ? '' : ` Next: ${inProse(tryThis)}${/[.!?]$/.test(tryThis) ? '' : '.'}`
      return `- \`${name}\`: ${inProse(message)}${next} (${links})\n`
    })
    return `## ${room}\n\n${entries.join('')}`
  })
  return `${head(new Set(codes.map((one) => one.code)).size)}\n${sections.join('\n')}`
}

const head = (count: number) => `# Error codes

Made from the source by \`node scripts/docs.ts\`; ${count} codes. Callers match on the code; messages may change. An error also
carries facts, and says whether trying again can help. \`…\` stands for a fact. Where no text or next step is given, it is put
together where the error is thrown.
`

function* codesIn(source: string, rooms: ReadonlySet<string | undefined>) {
  for (const match of source.matchAll(new RegExp(`'(${code})'`, 'g'))) {
    const name = match[1] as string
    const before = source.slice(Math.max(0, match.index - 120), match.index)
    if (!rooms.has(name.split('/')[0])) continue
    const isCode = /\bcode: (?:[\w.!]+ \? (?:'[^']+' : )?)?$/.test(before)
    const isArgument =
      /\b(?:refuse|refusal|refused|problem|[a-zA-Z]*[eE]rror|fail|bad[A-Z]\w*)\((?:[^()\n]*, )?\s*$/.test(before)
    const isKey = /[{,]\s*(?:\/\/[^\n]*\n\s*)?$/.test(before) && source.startsWith(`: '`, match.index + match[0].length)
    const isResult = /\breturn $/.test(before) && /\bcodeOf/.test(source.slice(0, match.index))
    if (isCode || isArgument || isKey || isResult) yield { index: match.index, at: match.index + match[0].length, name }
  }
  for (const match of source.matchAll(/code: \x60([a-z]+)\/([a-z-]*)\$\{(\w+)\}\x60/g)) {
    const [whole, room, start, parameter] = match
    const union = new RegExp(`\\b${parameter}: ((?:\\| )?'[a-z-]+'(?:\\s*\\|\\s*'[a-z-]+')+)`).exec(source)?.[1] ?? ''
    for (const [, value] of union.matchAll(/'([a-z-]+)'/g)) {
      yield { index: match.index, at: match.index + whole.length, name: `${room}/${start}${value}` }
    }
  }
}

/** The message before or after a code, and the next step after it, within the same call. */
function wordsAround(source: string, index: number, at: number): { message: string; tryThis: string } {
  const after = source.slice(at, at + 900)
  const table = new RegExp(`^: '([^'|]+)\\|([^']+)'`).exec(after)
  if (table) return { message: table[1] ?? '', tryThis: table[2] ?? '' }
  const opening = source.lastIndexOf('Error(', index)
  const near = opening >= 0 && index - opening < 500 ? source.slice(opening, index) : ''
  const inCall = new RegExp(`^Error\\(\\s*(${text})`).exec(near)?.[1]
  const inRefusal = new RegExp(`\\brefused\\((${text}), $`).exec(source.slice(Math.max(0, index - 120), index))?.[1]
  const argument = new RegExp(`^,\\s*(${text})`).exec(after)?.[1]
  const own = after.slice(0, endOfCall(after))
  const tryThis = new RegExp(`\\btryThis:\\s*(${text})`).exec(own)?.[1]
  const field = new RegExp(`^,\\s*message:\\s*(${text})`).exec(after)?.[1]
  return { message: plain(inCall ?? inRefusal ?? argument ?? field ?? ''), tryThis: plain(tryThis ?? '') }
}

/** Where the call that a code stands in ends: the next error begins after it. */
function endOfCall(after: string): number {
  const next = after.slice(1).search(/\bnew TributaryError\(|\nexport |\nfunction /)
  return next < 0 ? after.length : next + 1
}

function plain(literal: string): string {
  return literal
    .slice(1, -1)
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
    .replaceAll(/\\(.)/g, '$1')
}

function inProse(value: string): string {
  return value.replaceAll(/[<*_[\]]/g, '\\$&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
