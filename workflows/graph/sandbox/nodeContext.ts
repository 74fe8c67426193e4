import './polyfills.ts'
import { AsyncLocalStorageProviderSingleton as provider } from '@langchain/core/singletons'

type RunWithConfig = typeof provider.runWithConfig
type Held = { [key: symbol]: unknown; extra?: Record<symbol, unknown> }

// LangChain's names for what whoever runs below a node finds in its async context.
const childConfig = Symbol.for('lc:child_config')
const contextVariables = Symbol.for('lc:context_variables')

const asLangChain: RunWithConfig = provider.runWithConfig.bind(provider)

/**
 * Runs what is below a node in the node's config, as LangChain does, but without the trace object that LangChain makes each
 * time to hold that config, also where nobody traces: a fifth of a superstep. Where LangSmith does trace, LangChain's own is called.
 */
const runWithConfig: RunWithConfig = (config, callback, avoidCreatingRootRunTree) => {
  if (isTraced(config)) return asLangChain(config, callback, avoidCreatingRootRunTree)
  const storage = provider.getInstance()
  const variables = (storage.getStore() as Held | undefined)?.[contextVariables]
  let held: Held | undefined
  if (avoidCreatingRootRunTree !== true) {
    held = { extra: { [childConfig]: config } }
    skipTraceId()
  }
  if (variables !== undefined) held = { ...held, [contextVariables]: variables }
  return storage.run(held, callback)
}

// The id of a trace object took 16 random numbers of the workflow's. Were they left, the ids of all later tasks and interrupts
// would be others, and runs that began with them could not be replayed.
function skipTraceId(): void {
  for (let i = 0; i < 16; i++) Math.random()
}

function isTraced(config: unknown): boolean {
  const { callbacks } = (config ?? {}) as { callbacks?: unknown }
  const { handlers = callbacks } = (callbacks ?? {}) as { handlers?: unknown }
  return Array.isArray(handlers) && handlers.some((handler: { name?: string }) => handler?.name === 'langchain_tracer')
}

/** In the sandbox only: in Node, LangChain stays as it is. */
export function lightenNodeContext(): void {
  provider.runWithConfig = runWithConfig
}
