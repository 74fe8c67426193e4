import { canonicalText, TributaryError } from '../kernel/index.ts'
import { saveHistory } from '../store/index.ts'
import type { archiveHistory } from './archiveHistory.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof archiveHistory> = async ({ workflow }, { store, blobs, workflows, now }) => {
  const history = (await workflows.history(workflow)) as {
    events?: { workflowExecutionStartedEventAttributes?: { originalExecutionRunId?: string } }[]
  }
  const events = history.events ?? []
  const run = events[0]?.workflowExecutionStartedEventAttributes?.originalExecutionRunId
  if (run === undefined) {
    throw new TributaryError('The history of this workflow has no start.', {
      code: 'workflows/no-history',
      facts: { workflow, events: events.length },
      tryThis: 'Temporal may have dropped it: keep closed workflows for longer than an epoch',
    })
  }
  const blob = await blobs.put(new TextEncoder().encode(canonicalText(history)))
  await saveHistory(store, { workflow, run, blob, events: events.length, atMs: now() })
  return { workflow, history: blob }
}
