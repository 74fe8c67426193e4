import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'

/** A history as the JSON object that Temporal's own tools write; replayHistory reads it. */
export function historyToJson(history: Parameters<typeof historyToJSON>[0]): unknown {
  return JSON.parse(historyToJSON(history)) as unknown
}
