import { alternativesOf, typesOf, wordsFor, type JsonSchema } from './jsonSchema.ts'

/**
 * Why a value of one schema can never be one of another, or undefined where it can be. Of alternatives, one that fits is enough, so
 * what is null now and then passes; bounds and patterns are left to the call, which checks them all.
 */
export function misfit(from: JsonSchema, to: JsonSchema): string | undefined {
  const reasons: string[] = []
  for (const one of alternativesOf(from)) {
    for (const other of alternativesOf(to)) {
      const reason = misfitOfOne(one, other)
      if (reason === undefined) return undefined
      reasons.push(reason)
    }
  }
  return reasons.length === 1 ? reasons[0] : `is ${wordsFor(from)}, and ${wordsFor(to)} is needed`
}

function misfitOfOne(from: JsonSchema, to: JsonSchema): string | undefined {
  const [have, want] = [typesOf(from), typesOf(to)]
  if (have === undefined || want === undefined) return undefined
  const common = have.filter((type) => want.includes(type) || isNumber(type, want))
  if (common.length === 0) return `is ${wordsFor(from)}, and ${wordsFor(to)} is needed`
  const [values, allowed] = [valuesOf(from), valuesOf(to)]
  if (values && allowed && !values.some((value) => allowed.includes(value)))
    return `is one of ${values.join(', ')}, and ${allowed.join(', ')} is needed`
  if (common.includes('array') && from.items && to.items) {
    const reason = misfit(from.items, to.items)
    return reason && `is a list whose items do not fit: each ${reason}`
  }
  return common.includes('object') ? misfitOfFields(from, to) : undefined
}

function misfitOfFields(from: JsonSchema, to: JsonSchema): string | undefined {
  for (const name of to.required ?? []) {
    const wanted = to.properties?.[name] ?? {}
    const field = from.properties?.[name]
    if (field === undefined) {
      if (from.properties === undefined || isOpen(from)) continue
      return `has no field ${name}`
    }
    const reason = misfit(field, wanted)
    if (reason !== undefined) return `has a field ${name} that ${reason}`
  }
  return undefined
}

const isOpen = ({ additionalProperties: more }: JsonSchema) => more !== undefined && more !== false

// An integer is a number; a number may be an integer, which only the call can tell.
const isNumber = (type: string, want: readonly string[]) =>
  (type === 'integer' && want.includes('number')) || (type === 'number' && want.includes('integer'))

function valuesOf(schema: JsonSchema): unknown[] | undefined {
  return schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
}
