import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { referenced } from './schemaGrammar.ts'

const most = { characters: 16_384, parts: 256, depth: 16, choices: 256, items: 256, letters: 256 }

/** Say nothing about what is valid. */
const notes = ['title', 'description', 'default', 'examples', '$comment', '$schema'] as const
const keywords = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
] as const
const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const
export type JsonType = (typeof types)[number]

const typeName = z.enum(types)
const schemas = z.record(z.string(), z.unknown())
const count = z.int().min(0).max(most.items)
const letters = z.int().min(0).max(most.letters)
const partSchema = z.looseObject({
  type: z.union([typeName, z.array(typeName).min(1)]).optional(),
  properties: schemas.optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  minItems: count.optional(),
  maxItems: count.optional(),
  minLength: letters.optional(),
  maxLength: letters.optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  enum: z.array(z.json()).min(1).max(most.choices).optional(),
  const: z.json().optional(),
  anyOf: z.array(z.unknown()).min(1).optional(),
  $ref: z.string().optional(),
  $defs: schemas.optional(),
  definitions: schemas.optional(),
})
export type SchemaPart = z.infer<typeof partSchema>

/** Which keywords may stand beside the one that decides what a part is, and for which type each of them is. */
const ownType: Partial<Record<string, JsonType>> = {
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  items: 'array',
  minItems: 'array',
  maxItems: 'array',
  minLength: 'string',
  maxLength: 'string',
  minimum: 'integer',
  maximum: 'integer',
}

/**
 * Whether every answer that a schema lets through is valid by it. What is not honoured is refused, never ignored:
 * a pattern or a format of strings, `oneOf`, `allOf`, `not`, bounds of numbers that are no integers, ranges of more than
 * 256 integers, objects that describe some properties and allow others.
 * Throws models/schema-unsupported with the place and what is wrong there.
 */
export function checkSchema(schema: unknown): void {
  const text = JSON.stringify(schema) ?? ''
  if (text.length > most.characters) refuse('#', `it has more than ${most.characters} characters`)
  let parts = 0
  const visit = (raw: unknown, at: string, depth: number): void => {
    if (++parts > most.parts) refuse(at, `there are more than ${most.parts} parts`)
    if (depth > most.depth) refuse(at, `it is nested deeper than ${most.depth}`)
    const parsed = partSchema.safeParse(raw)
    if (!parsed.success) return refuse(at, parsed.error.issues.map(issueText).join('; '))
    checkPart(parsed.data, at, schema)
    for (const [step, inner] of innerSchemas(parsed.data)) visit(inner, `${at}/${step}`, depth + 1)
  }
  visit(schema, '#', 0)
  checkEnds(schema as SchemaPart)
}

/** A part that is itself by way of references and alternatives alone would never begin. */
function checkEnds(root: SchemaPart): void {
  const [underWay, done] = [new Set<SchemaPart>(), new Set<SchemaPart>()]
  const follow = (part: SchemaPart): void => {
    if (underWay.has(part)) refuse('#', 'a $ref leads back to itself without anything between')
    if (done.has(part)) return
    underWay.add(part)
    if (part.$ref !== undefined) follow(referenced(root, part.$ref))
    for (const inner of part.anyOf ?? []) follow(inner as SchemaPart)
    underWay.delete(part)
    done.add(part)
  }
  const each = (part: SchemaPart): void => {
    follow(part)
    for (const [, inner] of innerSchemas(part)) each(inner as SchemaPart)
  }
  each(root)
}

function checkPart(part: SchemaPart, at: string, root: unknown): void {
  const known: readonly string[] = [...keywords, ...notes]
  const used = Object.keys(part).filter((key) => !(notes as readonly string[]).includes(key))
  const foreign = used.find((key) => !known.includes(key))
  if (foreign !== undefined) refuse(`${at}/${foreign}`, `${foreign} is not supported`)
  const own = used.filter((key) => key !== '$defs' && key !== 'definitions')
  const alone = own.find((key) => ['$ref', 'anyOf', 'const', 'enum'].includes(key))
  if (alone !== undefined && own.some((key) => key !== alone && key !== 'type')) {
    refuse(at, `nothing but notes may stand beside ${alone}`)
  }
  const named = [part.type ?? []].flat()
  const misplaced = own.find((key) => ownType[key] !== undefined && !named.includes(ownType[key]))
  if (misplaced !== undefined) refuse(`${at}/${misplaced}`, `it needs type ${ownType[misplaced]}`)
  if ((part.$ref !== undefined || part.anyOf !== undefined) && part.type !== undefined) {
    refuse(`${at}/type`, 'it may not stand beside $ref or anyOf')
  }
  checkChoices(part, named, at)
  checkObject(part, at)
  if ((part.minItems ?? 0) > (part.maxItems ?? Infinity)) refuse(at, 'minItems is above maxItems')
  if ((part.minLength ?? 0) > (part.maxLength ?? Infinity)) refuse(at, 'minLength is above maxLength')
  checkRange(part, at)
  if (part.$ref !== undefined) checkRef(part.$ref, at, root)
}

function checkChoices(part: SchemaPart, named: readonly JsonType[], at: string): void {
  const choices = [...(part.enum ?? []), ...('const' in part ? [part.const] : [])]
  if (choices.length === 0) return
  const wrong = choices.find((choice) => named.length > 0 && !named.some((type) => isOfType(choice, type)))
  if (wrong !== undefined) refuse(at, 'a choice is not of the type')
}

function checkObject({ properties, required = [], additionalProperties }: SchemaPart, at: string): void {
  if (properties && additionalProperties !== false) {
    refuse(at, 'an object that describes properties needs additionalProperties: false')
  }
  const missing = required.find((name) => properties?.[name] === undefined)
  if (missing !== undefined) refuse(`${at}/required`, `${missing.slice(0, 80)} is not among the properties`)
}

function checkRange({ minimum, maximum }: SchemaPart, at: string): void {
  if (minimum === undefined && maximum === undefined) return
  if (minimum === undefined || maximum === undefined) return refuse(at, 'a range needs both minimum and maximum')
  if (minimum > maximum) refuse(at, 'minimum is above maximum')
  if (maximum - minimum >= most.choices) refuse(at, `a range has at most ${most.choices} integers`)
}

/** A reference leads to the schema itself or to one of its definitions. */
function checkRef(ref: string, at: string, root: unknown): void {
  if (ref === '#') return
  const [, folder, name] = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec(ref) ?? []
  const defined = folder === undefined ? undefined : (root as Record<string, object | undefined>)[folder]
  if (!defined || !Object.hasOwn(defined, name!)) refuse(`${at}/$ref`, 'it leads to nothing in $defs')
}

function innerSchemas(part: SchemaPart): [string, unknown][] {
  const folders = ['properties', '$defs', 'definitions'] as const
  const isSchema = part.additionalProperties !== undefined && typeof part.additionalProperties !== 'boolean'
  return [
    ...folders.flatMap((folder) =>
      Object.entries(part[folder] ?? {}).map(([name, inner]): [string, unknown] => [`${folder}/${name}`, inner]),
    ),
    ...(part.items === undefined ? [] : [['items', part.items] as [string, unknown]]),
    ...(isSchema ? [['additionalProperties', part.additionalProperties] as [string, unknown]] : []),
    ...(part.anyOf ?? []).map((inner, i): [string, unknown] => [`anyOf/${i}`, inner]),
  ]
}

function isOfType(value: unknown, type: JsonType): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function issueText({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `${path.join('.') || 'it'}: ${message}`
}

function refuse(at: string, reason: string): never {
  throw new TributaryError('The schema asks for what can’t be held to while an answer is made.', {
    code: 'models/schema-unsupported',
    facts: { at: at.slice(0, 200), reason: reason.slice(0, 300), keywords },
    tryThis:
      'describe the answer with these keywords alone; say the rest in the prompt, and check it when the answer is there',
  })
}
