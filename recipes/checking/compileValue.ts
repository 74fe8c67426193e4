import { readReference } from '../reading/readReference.ts'
import type { Path } from '../reading/problem.ts'
import type { Template } from '../running/index.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { schemaAt, typesOf, alternativesOf, type JsonSchema } from './jsonSchema.ts'

/** A value compiled; `probe` is it with every reference left undefined; `found` are its references, with what they give. */
export type Compiled = {
  template: Template
  probe: unknown
  found: { path: Path; schema: JsonSchema }[]
  needs: string[]
}

/** Compiles a value of a source, and checks that each reference leads to something. */
export function compileValue(checking: Checking, value: unknown, path: Path, scope: ScopeSchema): Compiled {
  const found: Compiled['found'] = []
  const needs = new Set<string>()
  const each = (value: unknown, path: Path): { template: Template; probe: unknown } => {
    if (typeof value === 'string') return text(value, path)
    if (typeof value === 'number') return { template: number(checking, value, path), probe: value }
    if (value === null || typeof value === 'boolean') return { template: value, probe: value }
    if (Array.isArray(value)) {
      const items = value.map((item, i) => each(item, [...path, i]))
      return { template: items.map(({ template }) => template), probe: items.map(({ probe }) => probe) }
    }
    const entries = Object.entries(value ?? {}).map(([key, item]) => {
      if (key.startsWith('$')) report(checking, reserved(key), [...path, key], 'key')
      return [key, each(item, [...path, key])] as const
    })
    return {
      template: Object.fromEntries(entries.map(([key, { template }]) => [key, template])),
      probe: Object.fromEntries(entries.map(([key, { probe }]) => [key, probe])),
    }
  }
  const text = (value: string, path: Path) => {
    const read = readReference(value)
    if ('problem' in read) {
      report(checking, badReference(read.problem), path)
      found.push({ path, schema: {} })
      return { template: value, probe: undefined }
    }
    const { template, references } = read
    if (references.length === 0) return { template, probe: template }
    const schemas = references.map((reference) => {
      if (reference[0] === 'steps' && reference[1] !== undefined) needs.add(reference[1])
      return resolve(checking, reference, path, scope)
    })
    const isText = template !== null && typeof template === 'object' && '$text' in template
    if (isText) {
      for (const [i, schema] of schemas.entries()) {
        if (isScalar(schema)) continue
        report(checking, noText(references[i]!.join('.')), path)
      }
    }
    found.push({ path, schema: isText ? { type: 'string' } : schemas[0]! })
    return { template, probe: undefined }
  }
  return { ...each(value, path), found, needs: [...needs] }
}

/** What a reference gives. One that leads nowhere is a problem, and gives anything. */
function resolve(checking: Checking, reference: readonly string[], path: Path, scope: ScopeSchema): JsonSchema {
  const schema = schemaAt(scope, reference)
  if (!('unknown' in schema)) return schema
  const { unknown, known } = schema
  report(checking, unknownReference(reference.join('.'), unknown, known), path)
  return {}
}

function number(checking: Checking, value: number, path: Path): Template {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return value
  if (!Number.isFinite(value) || Number.isInteger(value)) {
    report(checking, badNumber(value), path)
    return 0
  }
  return { $number: String(value) }
}

function isScalar(schema: JsonSchema): boolean {
  return alternativesOf(schema).some(
    (one) => typesOf(one)?.some((type) => type !== 'object' && type !== 'array') ?? true,
  )
}

const reserved = (key: string) => ({
  code: 'recipe/reserved-field' as const,
  message: `A field cannot be called ${key}: names that begin with $ are the recipe’s own.`,
  tryThis: 'take another name',
})
const badReference = (what: string) => ({
  code: 'recipe/reference' as const,
  message: `A reference cannot be read: ${what}.`,
  tryThis: 'write ${input.name} or ${steps.id.field}; $${ is a ${ that is meant',
})
const unknownReference = (reference: string, unknown: string, known: readonly string[]) => ({
  code: 'recipe/unknown-reference' as const,
  message: `\${${reference}} leads nowhere: there is no ${unknown}.`,
  tryThis: known.length === 0 ? 'what comes before it has no fields' : `take one of ${known.slice(0, 20).join(', ')}`,
})
const noText = (reference: string) => ({
  code: 'recipe/reference-type' as const,
  message: `\${${reference}} is a list or an object, and a text cannot hold it.`,
  tryThis: 'refer to one field of it, or let the reference be the whole value',
})
const badNumber = (value: number) => ({
  code: 'recipe/number' as const,
  message: `The number ${value} is not exact, or none at all.`,
  tryThis: 'write money and large numbers as text, in quotes',
})
