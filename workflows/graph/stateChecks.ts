import { Command } from '@langchain/langgraph/web'
import { TributaryError } from '../../kernel/index.ts'

type Issue = { path: PropertyKey[]; message: string }
type Parsed = { success: true } | { success: false; error: { issues: Issue[] } }
type ZodObject = { safeParse: (value: unknown) => Parsed }
type StateFields = { validateInput: (update: unknown) => Promise<unknown> }

/** What a StateGraph remembers of the schema that it was made with; nothing where it was made with an Annotation. */
type SchemaHolder = {
  _schemaRuntimeDefinition?: unknown
  _metaRegistry?: {
    getExtendedChannelSchemas: (schema: unknown, effects: { withReducerSchema: boolean; asPartial: boolean }) => unknown
  }
}

export type StateChecks = {
  /** Throws graph/invalid-state for an output of a node that is no update of the state. */
  output: (node: string, output: unknown) => Promise<void>
  /** What is wrong with a whole state, after its reducers. */
  state: (values: object) => TributaryError | undefined
}

/**
 * Checks by the zod object or StateSchema that a graph was made with: every key that a node writes, against the schema of
 * that key's updates. Undefined for a graph of Annotations, which have no schema when they run.
 */
export function stateChecks(builder: object): StateChecks | undefined {
  const { _schemaRuntimeDefinition: schema, _metaRegistry: registry } = builder as SchemaHolder
  if (schema === undefined || schema === null) return undefined
  if (isFields(schema)) {
    const check = async (node: string, update: object) => {
      try {
        await schema.validateInput(update)
      } catch (failure) {
        throw invalid(node, '', failure instanceof Error ? failure.message : String(failure))
      }
    }
    return { output: (node, output) => eachUpdate(output, (update) => check(node, update)), state: () => undefined }
  }
  if (registry === undefined || !isZod(schema)) return undefined
  const updates = registry.getExtendedChannelSchemas(schema, { withReducerSchema: true, asPartial: true })
  const whole = registry.getExtendedChannelSchemas(schema, { withReducerSchema: false, asPartial: true })
  const problem = (by: unknown, node: string, value: object) => {
    const parsed = isZod(by) ? by.safeParse(value) : { success: true as const }
    if (parsed.success) return undefined
    const { path = [], message = '' } = parsed.error.issues[0] ?? {}
    return invalid(node, path.map(String).join('.'), message)
  }
  return {
    output: (node, output) =>
      eachUpdate(output, async (update) => {
        const wrong = problem(updates, node, update)
        if (wrong !== undefined) throw wrong
      }),
    state: (values) => problem(whole, '', values),
  }
}

async function eachUpdate(output: unknown, check: (update: object) => Promise<void>): Promise<void> {
  if (Array.isArray(output)) for (const one of output) await eachUpdate(one, check)
  else if (output instanceof Command) {
    const { update, graph } = output as { update?: unknown; graph?: unknown }
    // An update of the graph around this one is checked by nobody here: its schema is another.
    if (graph !== undefined) return
    if (Array.isArray(update)) await check(Object.fromEntries(update as [string, unknown][]))
    else if (isObject(update)) await check(update)
  } else if (isObject(output) && !('lg_name' in output)) await check(output)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isZod = (value: unknown): value is ZodObject => isObject(value) && 'safeParse' in value
const isFields = (value: unknown): value is StateFields => isObject(value) && 'validateInput' in value

function invalid(node: string, path: string, problem: string): TributaryError {
  const where = node === '' ? 'The state' : `The output of the node ${node}`
  return new TributaryError(`${where} does not fit the schema of the state: ${path} ${problem}`, {
    code: 'graph/invalid-state',
    facts: { node, path, problem: problem.slice(0, 500) },
    tryThis: 'return what the schema of the state says, or widen the schema',
  })
}
