type Json = Record<string, unknown>

/**
 * A checked schema as XGrammar gets it: a range of integers is written out as choices, since its own ranges let through
 * numbers outside of some (142 to 150 gave 140).
 */
export function grammarSchema(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const { minimum, maximum, ...part } = eachPart(schema as Json)
  if (typeof minimum !== 'number' || typeof maximum !== 'number') return part
  const choices = { enum: Array.from({ length: maximum - minimum + 1 }, (_, i) => minimum + i) }
  const others = [part['type']].flat().filter((type) => type !== 'integer')
  return others.length === 0 ? choices : { anyOf: [choices, { ...part, type: others }] }
}

function eachPart(schema: Json): Json {
  const mapped = { ...schema }
  for (const folder of ['properties', '$defs', 'definitions']) {
    const inner = schema[folder]
    if (typeof inner !== 'object' || inner === null) continue
    mapped[folder] = Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, grammarSchema(one)]))
  }
  for (const one of ['items', 'additionalProperties']) if (one in schema) mapped[one] = grammarSchema(schema[one])
  if (Array.isArray(schema['anyOf'])) mapped['anyOf'] = schema['anyOf'].map(grammarSchema)
  return mapped
}
