import { TributaryError } from '../../kernel/index.ts'
import type { Problem } from '../reading/problem.ts'

/** All problems of a recipe as one error, under the code of the first: `file:line:column: what`. */
export function refuseProblems(name: string, problems: readonly Problem[]): never {
  const [first] = problems
  if (first === undefined) throw new Error('nothing to refuse')
  const { line, column, code, message, tryThis } = first
  throw new TributaryError(`${name}:${line}:${column}: ${message}`, {
    code,
    facts: {
      recipe: name,
      line,
      column,
      problems: problems.map((one) => `${one.line}:${one.column} ${one.code} ${one.message}`),
    },
    tryThis,
  })
}
