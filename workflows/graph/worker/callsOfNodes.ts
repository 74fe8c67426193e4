import { Context } from '@temporalio/activity'
import type { ActivityInterceptors } from '@temporalio/worker'
import { nodeCalls } from '../activity/nodeCall.ts'
import { graphEmit } from '../protocol.ts'

/**
 * How long a step that has sent so many signals waits with the next one: 0.2 s at first, then more and more, 60 s at most. A signal
 * leaves four events in a history that can't go on in a new run before the step has ended, and a server takes 10,000 of a run.
 * So a step that emits without end sends 1,700 in six hours and 9,200 in five days.
 */
export const pauseMs = (sent: number): number => Math.min(60_000, 200 + 15 * sent)

/** An activity interceptor: gives `emit` and `interrupt` what they need, where a node of a graph calls. */
export function callsOfNodes(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const [, step, answers] = input.args
        if (typeof step !== 'string') return next(input)
        const events = eventsTo(step)
        const call = { answers: Array.isArray(answers) ? answers : [], asked: 0, emit: events.push }
        try {
          return await nodeCalls.run(call, () => next(input))
        } finally {
          // Before the result, so that they stand before the node in the log.
          await events.flush()
        }
      },
    },
  }
}

/** Collects what a step emits, and sends it now and then; a send that fails is made up for by the next one. */
function eventsTo(step: string): { push: (data: unknown) => void; flush: () => Promise<void> } {
  const context = Context.current()
  let waiting: unknown[] = []
  let sent = 0
  let signals = 0
  let timer: NodeJS.Timeout | undefined
  let sending = Promise.resolve()

  async function send(): Promise<void> {
    const { workflowExecution } = context.info
    if (waiting.length === 0 || workflowExecution === undefined) return
    const batch = waiting
    waiting = []
    try {
      const { workflowId, runId } = workflowExecution
      await context.client.workflow.getHandle(workflowId, runId).signal(graphEmit, step, sent, batch)
      sent += batch.length
      signals++
    } catch (failure) {
      waiting = [...batch, ...waiting]
      context.log.warn('events could not be sent', { failure: String(failure) })
    }
  }
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    sending = sending.then(send)
    return sending
  }
  return {
    push: (data) => {
      waiting.push(data)
      timer ??= setTimeout(() => void flush(), pauseMs(signals))
    },
    flush,
  }
}
