import { ActivityNotFoundError, ApplicationFailure, type Client } from '@temporalio/client'

// temporal.api.enums.v1.PendingActivityState
const started = 2

/**
 * Fails the attempt of every activity that is at work, so that each is tried again at once instead of after its heartbeat
 * timeout. Right only where nobody else can be at work: before the one worker of a home starts, while the home is held.
 * Returns how many there were. What the server has not listed yet is left to the timeout.
 */
export async function releaseCutActivities(client: Client): Promise<number> {
  let released = 0
  for await (const { workflowId, runId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
    for (const { activityId, state } of raw.pendingActivities ?? []) {
      if (Number(state) !== started || !activityId) continue
      const cut = ApplicationFailure.retryable('The process that ran this step has ended.', 'servers/cut')
      try {
        await client.activity.fail({ workflowId, runId, activityId }, cut)
        released++
      } catch (failure) {
        // Its timeout was faster.
        if (!(failure instanceof ActivityNotFoundError)) throw failure
      }
    }
  }
  return released
}
