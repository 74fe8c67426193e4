import { ActivityNotFoundError, ApplicationFailure, isGrpcServiceError, type Client } from '@temporalio/client'

// temporal.api.enums.v1.PendingActivityState
const started = 2
// google.rpc.Code
const notFound = 5

/**
 * Fails the attempt of every activity that is at work, so that each is tried again at once instead of after its heartbeat
 * timeout, and has no workflow wait for the worker that had it in memory (10 s each, one after the other where workflows start others).
 * Right only where nobody else can be at work: before the one worker of a home starts, while the home is held.
 * Returns how many activities there were. What the server has not listed yet is left to the timeout.
 */
export async function releaseCutActivities(client: Client): Promise<number> {
  let released = 0
  for await (const { workflowId, runId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    await forgetWorker(client, { workflowId, runId })
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

async function forgetWorker(client: Client, execution: { workflowId: string; runId: string }): Promise<void> {
  try {
    await client.workflowService.resetStickyTaskQueue({ namespace: client.options.namespace, execution })
  } catch (failure) {
    // It has ended, and the list does not know yet.
    // oxlint-disable-next-line no-unsafe-enum-comparison -- the enum of gRPC's codes is in no package of ours
    if (!isGrpcServiceError(failure) || failure.code !== notFound) throw failure
  }
}
