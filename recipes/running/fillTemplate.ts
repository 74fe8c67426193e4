import { TributaryError } from '../../kernel/index.ts'
import type { Template } from './document.ts'

/** What references see: `input`, `steps`, and where there is one, `item`, `event` and `run`. */
export type Scope = Record<string, unknown>

/**
 * A value with its references put in. A reference that leads to nothing is null, as a field that an output left out.
 * Throws recipe/text where a text would hold an object or a list.
 */
export function fillTemplate(template: Template, scope: Scope): unknown {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope))
  if (template === null || typeof template !== 'object') return template
  if (isRef(template)) return valueAt(scope, template.$ref)
  if (isText(template)) return template.$text.map((part) => textOf(part, scope)).join('')
  if (isNumber(template)) return Number(template.$number)
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, fillTemplate(item, scope)]))
}

const isRef = (form: object): form is { $ref: string[] } => '$ref' in form
const isText = (form: object): form is { $text: Template[] } => '$text' in form
const isNumber = (form: object): form is { $number: string } => '$number' in form

function valueAt(scope: Scope, path: readonly string[]): unknown {
  let at: unknown = scope
  for (const part of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) return null
    at = (at as Record<string, unknown>)[part]
  }
  return at ?? null
}

function textOf(part: Template, scope: Scope): string {
  const value = fillTemplate(part, scope)
  if (value !== null && typeof value === 'object') {
    throw new TributaryError('A text of a recipe would hold a list or an object.', {
      code: 'recipe/text',
      facts: { reference: JSON.stringify(part) },
      tryThis: 'refer to one field of it, or let the reference be the whole value',
    })
  }
  return typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)
}
