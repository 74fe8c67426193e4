import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml'
import type { Path, Place, Problem, RecipeSource } from './problem.ts'

const largest = 64 * 1024

/**
 * A recipe out of YAML 1.2 (JSON is YAML too). Aliases and tags are refused: a recipe needs none, and a few lines of aliases can
 * fill the memory. Every problem is recipe/syntax with its line and column.
 */
export function readYaml(text: string, name: string): RecipeSource | { problems: Problem[] } {
  if (text.length > largest)
    return { problems: [syntax({ line: 1, column: 1 }, `it is longer than ${largest} characters`)] }
  const lines = new LineCounter()
  const placeOf = (offset: number | undefined): Place => {
    const { line, col } = lines.linePos(offset ?? 0)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    })
    const problems = [...document.errors, ...document.warnings].map(({ message, pos }) =>
      syntax(placeOf(pos[0]), message),
    )
    visit(document, {
      Alias: (_, { range }) => void problems.push(syntax(placeOf(range?.[0]), 'an alias is not read')),
    })
    if (problems.length > 0) return { problems }
    return { name, value: document.toJS() as unknown, locate: (path, part) => placeOf(offsetOf(document, path, part)) }
  } catch (cause) {
    // The parser is recursive: what is nested thousands deep ends its stack.
    return {
      problems: [syntax({ line: 1, column: 1 }, cause instanceof RangeError ? 'it is nested too deep' : String(cause))],
    }
  }
}

function offsetOf(document: Document.Parsed, path: Path, part?: 'key'): number | undefined {
  let at: unknown = document.contents
  let start = (at as Node | null)?.range?.[0]
  for (const [i, step] of path.entries()) {
    let key: unknown
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) return start
      key = pair.key
      at = pair.value
    } else if (isSeq(at)) {
      if (at.items[Number(step)] === undefined) return start
      at = at.items[Number(step)]
    } else return start
    const value = (at as Node | null)?.range?.[0]
    const name = (key as Node | undefined)?.range?.[0]
    start = (part === 'key' && i === path.length - 1 ? name : undefined) ?? value ?? name ?? start
  }
  return start
}

function syntax(place: Place, reason: string): Problem {
  return {
    ...place,
    code: 'recipe/syntax',
    message: `The recipe cannot be read as YAML: ${reason.split('\n')[0]}.`,
    tryThis: 'put texts that hold braces or colons in quotes; docs/recipes.md shows a whole recipe',
  }
}
