import { GrammarBuilder, type Part, type Place, type Rule } from './GrammarBuilder.ts'
import { jsonParts, listOf, type JsonParts } from './jsonParts.ts'
import type { JsonType, SchemaPart } from './checkSchema.ts'

/** The grammar of a schema that checkSchema let through. Each part of the schema is a rule, so that references can be recursive. */
export function schemaGrammar(schema: SchemaPart): Rule {
  const g = new GrammarBuilder()
  const json = jsonParts(g)
  const rules = new Map<SchemaPart, Rule>()
  const ruleOf = (part: SchemaPart): Rule => {
    if (part.$ref !== undefined) return ruleOf(referenced(schema, part.$ref))
    const known = rules.get(part)
    if (known) return known
    return g.rule((rule) => {
      rules.set(part, rule)
      return partOf(g, json, part, (inner) => g.call(ruleOf(inner as SchemaPart)))
    })
  }
  return ruleOf(schema)
}

type Inner = (part: unknown) => Part

function partOf(g: GrammarBuilder, json: JsonParts, part: SchemaPart, inner: Inner): Part {
  const { anyOf } = part
  if (anyOf) return g.choice(...anyOf.map(inner))
  const choices = [...(part.enum ?? []), ...('const' in part ? [part.const] : [])]
  if (choices.length > 0) return g.choice(...choices.map((value) => g.text(JSON.stringify(value))))
  const types = [part.type ?? []].flat()
  if (types.length === 0) return g.call(json.any)
  const made = typedPart(g, json, part, inner)
  return g.choice(...types.map((type) => made[type]()))
}

function typedPart(g: GrammarBuilder, json: JsonParts, part: SchemaPart, inner: Inner): Record<JsonType, () => Part> {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, items } = part
  const item = (): Part => (items === undefined ? g.call(json.any) : inner(items))
  return {
    string: () => json.string(minLength, maxLength),
    integer: () => (minimum === undefined || maximum === undefined ? json.integer : integersOf(g, minimum, maximum)),
    array: () => g.sequence(g.text('['), listOf(g, item(), minItems ?? 0, maxItems), g.text(']')),
    object: () => objectOf(g, json, part, inner),
    number: () => json.number,
    boolean: () => json.boolean,
    null: () => json.null,
  }
}

function integersOf(g: GrammarBuilder, minimum: number, maximum: number): Part {
  return g.choice(...Array.from({ length: maximum - minimum + 1 }, (_, i) => g.text(String(minimum + i))))
}

/** Properties in the order of the schema; one that is not required may be left out. */
function objectOf(g: GrammarBuilder, json: JsonParts, part: SchemaPart, inner: Inner): Part {
  const { properties, required = [], additionalProperties: others } = part
  if (!properties && others === false) return g.text('{}')
  if (!properties) {
    const value = typeof others === 'object' ? inner(others) : g.call(json.any)
    return g.sequence(g.text('{'), listOf(g, g.sequence(json.string(), g.text(': '), value), 0), g.text('}'))
  }
  const all = Object.entries(properties)
  return (next) => {
    const close = g.text('}')(next)
    // From the last to the first: what may follow where some property stands before it, and where none does.
    let [after, first]: [Place, Place] = [close, close]
    for (const [name, value] of all.toReversed()) {
      const pair = g.sequence(g.text(`${JSON.stringify(name)}: `), inner(value))(after)
      const more = g.text(', ')(pair)
      if (required.includes(name)) [after, first] = [more, pair]
      else {
        first = Object.assign(g.place(), { also: [pair, first] })
        after = Object.assign(g.place(), { also: [more, after] })
      }
    }
    return g.text('{')(first)
  }
}

/** Where a checked reference leads. */
export function referenced(root: SchemaPart, ref: string): SchemaPart {
  if (ref === '#') return root
  const [, folder, name] = ref.split('/')
  return (root[folder as '$defs' | 'definitions'] as Record<string, SchemaPart>)[name!]!
}
