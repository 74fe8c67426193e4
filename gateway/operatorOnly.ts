import { timingSafeEqual } from 'node:crypto'
import { TributaryError } from '../kernel/index.ts'
import type { BoundTool } from '../tools/index.ts'

/** Lets strangers call open tools, and those who hold the operator's token call all of them; says whether it is the operator. */
export function operatorOnly(token: string): (tool: BoundTool, authorization: string | undefined) => boolean {
  const expected = Buffer.from(`Bearer ${token}`)
  return (tool, authorization = '') => {
    const given = Buffer.from(authorization)
    if (given.length === expected.length && timingSafeEqual(given, expected)) return true
    if (tool.definition.open) return false
    throw new TributaryError(`${tool.definition.name} is for the operator of this server.`, {
      code: 'gateway/operator-only',
      facts: { tool: tool.definition.name },
      tryThis: 'send Authorization: Bearer <the token in keys/operator-token of the home folder>',
    })
  }
}
