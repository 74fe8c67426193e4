import type { Client } from '@temporalio/client'
import { historyToJson } from '../../../workflows/graph/worker/index.ts'

/** One workflow run of a chain. */
export type ChainRun = {
  runId: string
  events: number
  bytes: number
  updates: number
  seconds: number
  history: unknown
  /** From the end of the run before to its own first step. */
  pauseMs: number
}

/** The workflow runs of one id, the oldest first, as the server counts them. */
export async function chainOf(client: Client, workflowId: string): Promise<ChainRun[]> {
  const runs: ChainRun[] = []
  let ended: number | undefined
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  for (let runId: string | null | undefined = raw.workflowExecutionInfo!.firstRunId; runId;) {
    const handle = client.workflow.getHandle(workflowId, runId)
    const { historySize = 0 } = await handle.describe()
    const history = await handle.fetchHistory()
    const events = history.events!
    const atMs = (i: number) => {
      const { seconds, nanos } = events.at(i)!.eventTime!
      return Number(seconds) * 1_000 + (nanos ?? 0) / 1e6
    }
    const began = events.findIndex((event) => event.workflowTaskCompletedEventAttributes)
    runs.push({
      runId,
      events: events.length,
      bytes: historySize,
      updates: events.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length,
      history: historyToJson(history),
      seconds: (atMs(-1) - atMs(0)) / 1_000,
      pauseMs: ended === undefined ? 0 : atMs(began) - ended,
    })
    ended = atMs(-1)
    runId = events.at(-1)!.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId
  }
  return runs
}
