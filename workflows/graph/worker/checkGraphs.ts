import { TributaryError } from '../../../kernel/index.ts'
import type { GraphReport } from '../graphCheck.ts'
import { replayedHistory } from './replayedHistory.ts'

/**
 * Loads a bundle into the real sandbox, as a worker does, and builds every durable graph in it; returns what it saw.
 *
 * Without it a module that throws while it loads, or a graph that can't be compiled, would fail the first workflow
 * task, and Temporal would retry that task for ever. It replays a made-up history of the workflow `graphCheck`.
 * Cost: about 0.3 s. Throws graph/bundle-unloadable, or the coded error of the first broken graph.
 */
export async function checkGraphs(bundle: { codePath: string }): Promise<GraphReport[]> {
  const { entries, failure } = await replayedHistory(bundle, madeUpHistory(), 'graph-check')
  if (failure !== undefined) {
    throw new TributaryError(`The workflow bundle does not load in the sandbox: ${failure.message}`, {
      code: 'graph/bundle-unloadable',
      facts: { reason: failure.message.slice(0, 500) },
      tryThis: 'something throws while the workflow modules load; give durableGraph a function that makes the builder',
      cause: failure,
    })
  }
  const result = entries.find((entry) => entry.kind === 'result')
  if (result === undefined) {
    throw new TributaryError('The workflow bundle was loaded, but reported no graphs.', {
      code: 'graph/bundle-unloadable',
      facts: { entries: entries.length },
      tryThis: 'build it with buildWorkflowBundle',
    })
  }
  const reports = result.result as GraphReport[]
  const broken = reports.find((report) => report.error !== undefined)?.error
  if (broken !== undefined)
    throw new TributaryError(broken.message, { ...broken, code: broken.code as `graph/${string}` })
  return reports
}

/** A history in which `graphCheck` started and completed, in the JSON that Temporal's own tools write. */
function madeUpHistory(): unknown {
  const taskQueue = { name: 'graph-check', kind: 'TASK_QUEUE_KIND_NORMAL' }
  const attributes = {
    workflowExecutionStarted: {
      workflowType: { name: 'graphCheck' },
      taskQueue,
      originalExecutionRunId: 'graph-check',
      firstExecutionRunId: 'graph-check',
      workflowTaskTimeout: '10s',
      attempt: 1,
    },
    workflowTaskScheduled: { taskQueue, startToCloseTimeout: '10s', attempt: 1 },
    workflowTaskStarted: { scheduledEventId: '2' },
    workflowTaskCompleted: { scheduledEventId: '2', startedEventId: '3' },
    workflowExecutionCompleted: { workflowTaskCompletedEventId: '4' },
  }
  const events = Object.entries(attributes).map(([name, value], i) => ({
    eventId: String(i + 1),
    eventTime: '2026-01-01T00:00:00Z',
    eventType: `EVENT_TYPE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    [`${name}EventAttributes`]: value,
  }))
  return { events }
}
