import { DefaultLogger, Runtime } from '@temporalio/worker'

/** Temporal's native half says errors only, and leaves signals to us. */
export function quietTemporal(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
  } catch {
    // A runtime is installed once a process; a second home in one process shares the first one's.
  }
}
