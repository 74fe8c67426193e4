import { TributaryError } from '../../kernel/index.ts'
import type { AnswerQuery, AttributionMethod } from './AttributionMethod.ts'

/** The query lacks what a method reads, or holds it in another size. Code attribution/query. */
export function refuseQuery(
  method: AttributionMethod['id'],
  needs: keyof AnswerQuery,
  facts: { expected: number; found: number },
): never {
  throw new TributaryError(`${method} cannot score an answer without ${needs} of its size.`, {
    code: 'attribution/query',
    facts: { method, needs, ...facts },
    tryThis: 'ask with everything that the method reads, taken from the adapter that the method is bound to',
  })
}
