import './polyfills.ts'
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons'
import { lightenNodeContext } from './nodeContext.ts'

// `interrupt()` and `getWriter()` find their run by async context. The sandbox has a real AsyncLocalStorage on its
// global object, the web build of LangGraph just does not know; in Node the global is absent and nothing is done.
const { AsyncLocalStorage } = globalThis as {
  AsyncLocalStorage?: new () => Parameters<typeof AsyncLocalStorageProviderSingleton.initializeGlobalInstance>[0]
}
if (AsyncLocalStorage !== undefined) {
  AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage())
  lightenNodeContext()
}
