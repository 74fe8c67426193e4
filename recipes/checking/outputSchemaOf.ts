import type { CallStep, RecipeCall, RecipeDocument, Template, WaitStep } from '../running/index.ts'
import { jsonSchemaOf, objectOf, schemaAt, schemaOfType, type JsonSchema } from './jsonSchema.ts'
import type { Known } from './known.ts'

/**
 * What a recipe gives to who calls it, worked out from its document by what its steps give. A reference to a step that may be skipped may be
 * null; of what this version does not know any more, nothing is said.
 */
export function outputSchemaOf({ input, steps, output }: RecipeDocument, known: Known): JsonSchema {
  const gives: Record<string, JsonSchema> = {}
  const skippable = new Set<string>()
  for (const step of steps.flatMap((step) => ('parallel' in step ? step.parallel : [step]))) {
    if (step.when !== undefined || step.needs.some((id) => skippable.has(id))) skippable.add(step.id)
    gives[step.id] = stepGives(step, known)
  }
  const fields = Object.fromEntries(Object.entries(input).map(([name, { type }]) => [name, schemaOfType[type]]))
  const run = objectOf({ id: { type: 'string' } })
  const scope = objectOf({ input: objectOf(fields), steps: objectOf(gives), run })
  const typeOf = (template: Template): JsonSchema => {
    if (Array.isArray(template)) return { type: 'array', items: { anyOf: template.map(typeOf) } }
    if (template === null || typeof template !== 'object') return { const: template }
    if ('$text' in template) return { type: 'string' }
    if ('$number' in template) return { type: 'number' }
    if (!('$ref' in template)) return objectOf(Object.fromEntries(Object.entries(template).map(([key, item]) => [key, typeOf(item)]))) // prettier-ignore
    const path = template['$ref'] as string[]
    const found = schemaAt(scope, path)
    const schema = 'unknown' in found ? {} : found
    return path[0] === 'steps' && skippable.has(path[1] ?? '') ? { anyOf: [schema, { type: 'null' }] } : schema
  }
  return objectOf(Object.fromEntries(Object.entries(output).map(([name, template]) => [name, typeOf(template)])))
}

function stepGives(step: CallStep | WaitStep, known: Known): JsonSchema {
  if (!('call' in step)) return objectOf({})
  const one = callGives(step.call, known)
  return step.foreach === undefined ? one : { type: 'array', items: one }
}

function callGives(call: RecipeCall, known: Known): JsonSchema {
  if (call.kind === 'recipe') return outputSchemaOf(call.document, known)
  const contracts = call.kind === 'tool' ? known.tools : known.agents
  const contract = Object.hasOwn(contracts, call.name) ? contracts[call.name] : undefined
  return contract === undefined ? {} : jsonSchemaOf(contract.output, 'output')
}
