import type { Client } from '@temporalio/client'

/** One workflow of a cluster looks after payments; a server that starts wakes it. */
export async function lookAfterPayments(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.signalWithStart('recoverPayments', {
    workflowId: 'recover-payments',
    taskQueue,
    args: [],
    signal: 'lookNow',
    signalArgs: [],
  })
}
