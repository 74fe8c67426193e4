import { setTimeout } from 'node:timers/promises'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { digestOf, findError } from '../../../kernel/index.ts'
import { encode } from '../payload/encode.ts'
import {
  graphEvents,
  graphInterrupts,
  graphNextEvents,
  graphResume,
  graphState,
  type EventPage,
  type GraphEvent,
  type GraphSnapshot,
  type PendingInterrupt,
} from '../protocol.ts'

export type GraphHandle<State> = {
  state: () => Promise<GraphSnapshot<State>>
  interrupts: () => Promise<PendingInterrupt[]>
  /** Answers an interrupt. Safe to repeat with the same value. Throws graph/unknown-interrupt. */
  resume: (id: string, value: unknown) => Promise<void>
  events: (from?: number) => Promise<EventPage>
  /** Every event from `from` on, until the run ends; joined late it starts with the oldest that is kept. */
  stream: (from?: number) => AsyncGenerator<GraphEvent, void>
  cancel: () => Promise<void>
  result: () => Promise<State>
}

/** The client's side of one running or finished durable graph. The client needs `dataConverter`. */
export function graphHandle<State = unknown>(client: Client, workflowId: string): GraphHandle<State> {
  const handle: WorkflowHandle = client.workflow.getHandle(workflowId)
  const events = (from = 0) => handle.query(graphEvents, from)
  return {
    state: async () => (await handle.query(graphState)) as GraphSnapshot<State>,
    interrupts: () => handle.query(graphInterrupts),
    resume: async (id, value) => {
      // The same answer twice is one update; another answer to the same question is another, and refused.
      const updateId = `resume/${id}/${digestOf(JSON.stringify(encode(value)))}`
      try {
        await handle.executeUpdate(graphResume, { args: [id, value], updateId })
      } catch (error) {
        throw findError(error) ?? error
      }
    },
    events,
    stream: async function* (from = 0) {
      for (let next = from; ;) {
        const page = await nextPage(handle, next)
        yield* page.events
        next = page.next
        if (page.done) return
        const { status } = await handle.describe()
        if (status.name !== 'RUNNING') return
      }
    },
    cancel: async () => void (await handle.cancel()),
    result: () => handle.result() as Promise<State>,
  }
}

async function nextPage(handle: WorkflowHandle, from: number): Promise<EventPage> {
  try {
    return await handle.executeUpdate(graphNextEvents, { args: [from] })
  } catch {
    await setTimeout(200) // the run has ended, or takes no more updates: its log can still be asked, now and then
    return handle.query(graphEvents, from)
  }
}
