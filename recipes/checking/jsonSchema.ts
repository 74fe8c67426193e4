import { z } from 'zod'
import type { InputField } from '../running/index.ts'

/** The part of JSON Schema that zod's schemas become, as far as recipes look at it. `{}`: anything. */
export type JsonSchema = {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  const?: unknown
  enum?: unknown[]
}

/** What a call takes (`input`: defaults may be left out) or gives. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema
}

export const schemaOfType: Record<InputField['type'], JsonSchema> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  list: { type: 'array' },
  object: { type: 'object' },
}

export function objectOf(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false }
}

/** The alternatives that a schema leaves open: itself where it leaves none. */
export function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const inner = schema.anyOf ?? schema.oneOf
  return inner === undefined ? [schema] : inner.flatMap(alternativesOf)
}

export function typesOf(schema: JsonSchema): string[] | undefined {
  if (schema.type !== undefined) return [schema.type].flat()
  if (schema.properties !== undefined) return ['object']
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  return values && [...new Set(values.map(typeName))]
}

export function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** A schema in a few words, for messages. */
export function wordsFor(schema: JsonSchema): string {
  const types = [...new Set(alternativesOf(schema).flatMap((one) => typesOf(one) ?? ['anything']))]
  return types.map((type) => (type === 'array' ? 'list' : type)).join(' or ')
}

/**
 * The schema of what lies at a path, or the first part of the path that leads nowhere and what would be there instead. Where a
 * schema says nothing, neither does this.
 */
export function schemaAt(
  schema: JsonSchema,
  path: readonly string[],
): JsonSchema | { unknown: string; known: string[] } {
  let at = schema
  for (const part of path) {
    const found = alternativesOf(at).flatMap((one) => inside(one, part) ?? [])
    if (found.length === 0) {
      const known = alternativesOf(at).flatMap((one) => Object.keys(one.properties ?? {}))
      return { unknown: part, known: [...new Set(known)] }
    }
    at = found.length === 1 ? found[0]! : { anyOf: found }
  }
  return at
}

function inside(schema: JsonSchema, part: string): JsonSchema | undefined {
  const types = typesOf(schema)
  if (types === undefined) return {}
  if (types.includes('array') && /^\d+$/.test(part)) return schema.items ?? {}
  if (!types.includes('object')) return undefined
  if (schema.properties && Object.hasOwn(schema.properties, part)) return schema.properties[part]
  const { additionalProperties: more } = schema
  if (more === undefined) return schema.properties === undefined ? {} : undefined
  return more === true ? {} : more === false ? undefined : more
}
