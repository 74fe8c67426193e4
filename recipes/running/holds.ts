import type { Condition } from './document.ts'
import { fillTemplate, type Scope } from './fillTemplate.ts'

/**
 * Whether a step is to run. Whole numbers are compared as such, also where they are written as text, since money is; where either
 * side is no number, an order does not hold.
 */
export function holds({ left, operator, right }: Condition, scope: Scope): boolean {
  const [a, b] = [fillTemplate(left, scope), fillTemplate(right, scope)]
  if (operator === '==') return isSame(a, b)
  if (operator === '!=') return !isSame(a, b)
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x === undefined || y === undefined) return false
  if (operator === '<') return x < y
  if (operator === '<=') return x <= y
  return operator === '>' ? x > y : x >= y
}

function isSame(a: unknown, b: unknown): boolean {
  const [x, y] = [numberOf(a), numberOf(b)]
  // oxlint-disable-next-line eqeqeq -- 5n == 5, and both are numbers here
  return x !== undefined && y !== undefined ? x == y : a === b
}

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d{1,80}$/.test(value) ? BigInt(value) : undefined
}
