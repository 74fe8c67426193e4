// The start of a workflow thread without stack traces. Temporal hooks into every promise of the sandbox, compiles two functions for
// it, and notes where it was made, for the query `__stack_trace`. Where the hook can't be had it goes on without it, and that query
// says so: here it can't. Its warning about that is kept back, for it is what was asked for.
import { createRequire } from 'node:module'
import v8 from 'node:v8'
import { workerData } from 'node:worker_threads'

const { warn } = console
v8.promiseHooks.createHook = () => {
  console.warn = () => {
    console.warn = warn
  }
  throw new Error('stack traces are off: createWorker({ stackTraces: true }) brings them back')
}
const { thread } = /** @type {{ thread: string }} */ (workerData)
createRequire(import.meta.url)(thread)
