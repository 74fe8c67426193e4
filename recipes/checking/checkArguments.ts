import type { z } from 'zod'
import type { Path } from '../reading/problem.ts'
import type { Template } from '../running/index.ts'
import { report, type Checking, type ScopeSchema } from './checking.ts'
import { compileValue } from './compileValue.ts'
import { misfit } from './fits.ts'
import { alternativesOf, jsonSchemaOf, schemaAt, type JsonSchema } from './jsonSchema.ts'

/**
 * Checks what a call is given against its input schema: what is written by the schema itself, references by the schema of what
 * they lead to, and fields by name, since zod passes over those that it does not know.
 */
export function checkArguments(
  checking: Checking,
  call: { name: string; input: z.ZodType },
  value: unknown,
  path: Path,
  scope: ScopeSchema,
): { template: Template; needs: string[] } {
  const { template, probe, found, needs } = compileValue(checking, value, path, scope)
  const schema = jsonSchemaOf(call.input, 'input')
  for (const stray of strayFields(value, schema, [])) {
    report(checking, unknownArgument(call.name, stray), [...path, ...stray.path], 'key')
  }
  const asPath = (path: Path) => path.join('/')
  const references = found.map(({ path: full }) => full.slice(path.length))
  const parsed = call.input.safeParse(probe)
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys') continue
    const at = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
    const isOpen = references.some((one) => isWithin(asPath(one), asPath(at)) || isWithin(asPath(at), asPath(one)))
    const help = Object.hasOwn(checking.known.agents, call.name) ? 'tributary agent' : toolHelp(call.name)
    if (!isOpen)
      report(checking, badArgument(call.name, at.join('.') || 'its arguments', issue.message, help), [...path, ...at])
  }
  for (const [i, { path: at, schema: given }] of found.entries()) {
    const wanted = schemaAt(schema, references[i]!.map(String))
    if ('unknown' in wanted) continue
    const reason = misfit(given, wanted)
    if (reason !== undefined) report(checking, badType(call.name, references[i]!.join('.'), reason), at)
  }
  return { template, needs }
}

const isWithin = (inner: string, outer: string) => inner === outer || outer === '' || inner.startsWith(`${outer}/`)

type Stray = { path: Path; known: string[] }

function strayFields(value: unknown, schema: JsonSchema, path: Path): Stray[] {
  if (Array.isArray(value)) {
    const item = alternativesOf(schema).find(({ items }) => items !== undefined)?.items ?? {}
    return value.flatMap((one, i) => strayFields(one, item, [...path, i]))
  }
  if (typeof value !== 'object' || value === null) return []
  const objects = alternativesOf(schema).filter(({ properties }) => properties !== undefined)
  // Of several kinds of object, the schema itself tells which is meant.
  const [only] = objects
  if (objects.length !== 1 || only?.properties === undefined) return []
  const { properties, additionalProperties: more } = only
  const isOpen = more !== undefined && more !== false
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (field !== undefined) return strayFields(inner, field, [...path, key])
    return isOpen ? [] : [{ path: [...path, key], known: Object.keys(properties) }]
  })
}

const unknownArgument = (name: string, { path, known }: Stray) => ({
  code: 'recipe/unknown-argument' as const,
  message: `${name} takes no ${path.join('.')}.`,
  tryThis: known.length === 0 ? 'it takes nothing: leave it out' : `it takes ${known.join(', ')}`,
})
const toolHelp = (name: string) => `tributary tools ${name.replaceAll('_', '-')} --help`
/** What is missing has no place of its own, so it is told by its name. */
const badArgument = (name: string, at: string, reason: string, help: string) => ({
  code: 'recipe/argument' as const,
  message: reason.endsWith('received undefined')
    ? `${name} needs ${at}, and is not given it.`
    : `${name} does not take this as ${at}: ${reason.replace(/^Invalid input: /, '')}.`,
  tryThis: `see what it takes: ${help}`,
})
const badType = (name: string, at: string, reason: string) => ({
  code: 'recipe/reference-type' as const,
  message: `${name} does not take this as ${at}: the reference ${reason}.`,
  tryThis: 'refer to a field of the right type',
})
