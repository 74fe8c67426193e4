import { appendFileSync } from 'node:fs'
import { NativeConnection } from '@temporalio/worker'
import { toolActivities, type BoundTool, type ToolContext } from '../../../tools/index.ts'
import { createWorker } from '../../../workflows/graph/worker/index.ts'

/** Works on a task queue with these tools until the process is killed, and notes in the journal when it begins. */
export async function serveTools(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  { address, codePath, taskQueue, journal }: { address: string; codePath: string; taskQueue: string; journal: string },
): Promise<void> {
  const worker = await createWorker({
    graphs: { codePath, graphs: [] },
    tools: toolActivities(tools, ctx, { progress: () => undefined, lineage: () => [] }),
    connection: await NativeConnection.connect({ address }),
    taskQueue,
    // What waits for the worker that was killed is given to the next one soon.
    stickyQueueScheduleToStartTimeout: '500 ms',
  })
  appendFileSync(journal, 'up\n')
  await worker.run()
}
