import type { Path } from '../reading/problem.ts'
import type { Condition, Template } from '../running/index.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { compileValue, type Compiled } from './compileValue.ts'
import { misfit } from './fits.ts'
import { alternativesOf, typeName, typesOf, wordsFor, type JsonSchema } from './jsonSchema.ts'

const form = /^(\$\{[^}]*\})(?:\s*(==|!=|<=|>=|<|>)\s*(\S.*))?$/

/**
 * `${steps.curate.accepted} > 0`: a reference, an operator and a reference or a JSON value; a reference alone must be true. An order
 * needs whole numbers, or money, which is written as text.
 */
export function checkCondition(
  checking: Checking,
  text: string,
  path: Path,
  scope: ScopeSchema,
): { condition: Condition; needs: string[] } | undefined {
  const found = form.exec(text.trim())
  const right = found === null ? undefined : readSide(found[3] ?? 'true')
  if (found === null || right === undefined) {
    report(checking, unreadable(text), path)
    return undefined
  }
  const operator = (found[2] ?? '==') as Condition['operator']
  const sides = [
    compileValue(checking, found[1], path, scope),
    compileValue(checking, right.value, path, scope),
  ] as const
  const [a, b] = sides.map(typeOfSide) as [JsonSchema, JsonSchema]
  const isOrder = operator !== '==' && operator !== '!='
  const reason = isOrder ? [a, b].map(noOrder).find((one) => one !== undefined) : misfit(b, a)
  if (reason !== undefined) report(checking, noCondition(text, reason), path)
  const [left, other] = sides.map(({ template }) => template) as [Template, Template]
  return { condition: { left, operator, right: other }, needs: sides.flatMap(({ needs }) => needs) }
}

function readSide(text: string): { value: unknown } | undefined {
  if (text.startsWith('${') && text.endsWith('}')) return { value: text }
  try {
    const value = JSON.parse(text.replace(/^'([^'"\\]*)'$/, '"$1"')) as unknown
    return typeof value === 'object' && value !== null ? undefined : { value }
  } catch {
    return undefined
  }
}

function typeOfSide({ found, probe }: Compiled): JsonSchema {
  return found[0]?.schema ?? (probe === null ? { type: 'null' } : { type: typeName(probe), const: probe })
}

function noOrder(schema: JsonSchema): string | undefined {
  const isOrdered = alternativesOf(schema).some((one) => {
    const types = typesOf(one)
    return types === undefined || types.some((type) => ['integer', 'number', 'string'].includes(type))
  })
  return isOrdered ? undefined : `${wordsFor(schema)} has no order`
}

const unreadable = (text: string) => ({
  code: 'recipe/condition' as const,
  message: `The condition ${text.slice(0, 80)} cannot be read.`,
  tryThis:
    'write ${steps.id.field} > 0, with one of == != < <= > >=, and a number, "text", true, false or null after it',
})
const noCondition = (text: string, reason: string) => ({
  code: 'recipe/condition' as const,
  message: `The condition ${text.slice(0, 80)} can never be told: ${reason}.`,
  tryThis: 'compare with a value of the same type',
})
