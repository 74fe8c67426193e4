import type { Client } from '@temporalio/client'
import { createClient } from '../client/index.ts'

/** One run as tests look at it. */
export async function runOf<State>(client: Client, id: string) {
  const graphs = await createClient({ client })
  return {
    state: () => graphs.state<State>(id),
    interrupts: () => graphs.interrupts(id),
    events: () => graphs.events(id),
    resume: (interrupt: string, value: unknown) => graphs.resume(id, interrupt, value),
    cancel: () => graphs.cancel(id),
    result: () => graphs.result<State>(id),
  }
}
