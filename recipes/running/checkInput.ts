import { TributaryError } from '../../kernel/index.ts'
import type { InputField, RecipeDocument } from './document.ts'
import { fillTemplate } from './fillTemplate.ts'

/** What a run is given, with the defaults of the recipe put in. Throws recipe/input, with a line for each field that does not fit. */
export function checkInput(document: RecipeDocument, given: unknown): Record<string, unknown> {
  const named = (given ?? {}) as Record<string, unknown>
  const issues: string[] = []
  if (typeof named !== 'object' || Array.isArray(named)) issues.push('(input): is no object')
  else {
    for (const name of Object.keys(named)) {
      if (!Object.hasOwn(document.input, name)) issues.push(`${name}: the recipe has no such input`)
    }
  }
  const input: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(document.input)) {
    const value = named[name] ?? (field.default === undefined ? undefined : fillTemplate(field.default, {}))
    if (value === undefined || value === null) issues.push(`${name}: is missing, and has no default`)
    else if (!isOfType(value, field.type)) issues.push(`${name}: is no ${field.type}`)
    else input[name] = value
  }
  if (issues.length === 0) return input
  throw new TributaryError(`The input does not fit the recipe ${document.recipe}.`, {
    code: 'recipe/input',
    facts: { recipe: document.recipe, issues, inputs: Object.keys(document.input) },
    tryThis: `tributary recipe list --json shows what each recipe takes; a text of digits is written in quotes: --with 'name="500"'`,
  })
}

const fits: Record<InputField['type'], (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isSafeInteger(value),
  list: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

export function isOfType(value: unknown, type: InputField['type']): boolean {
  return fits[type](value)
}
