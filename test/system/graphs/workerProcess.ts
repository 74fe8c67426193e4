// A worker that ends itself by SIGKILL at the n-th boundary: node workerProcess.ts <address> <bundle> <task queue> <effects> <n>
// With one argument more, `keyless`, it has a fault: each attempt takes a key of its own for its effect.
import { randomUUID } from 'node:crypto'
import { activityInfo } from '@temporalio/activity'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import { emit } from '../../../workflows/graph/activity/index.ts'
import { testBlobs } from '../../../workflows/graph/testing/testBlobs.ts'
import { createWorker } from '../../../workflows/graph/worker/index.ts'

const [address = '', codePath = '', taskQueue = '', effects = '', killAt = '', fault = ''] = process.argv.slice(2)
let passed = 0
const boundary = () => {
  if (++passed === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

Runtime.install({
  logger: new DefaultLogger('INFO', ({ message }) => {
    if (message.startsWith('boundary')) boundary()
  }),
})

/** An effect outside of this process, under its key: workflow, step, arguments. */
async function effect({ what }: { what: string }, step: string): Promise<{ what: string }> {
  boundary() // the step has begun
  emit(`${what} begins`)
  const workflow = activityInfo().workflowExecution!.workflowId
  const response = await fetch(effects, {
    method: 'POST',
    body: JSON.stringify({ workflow, step, what, salt: fault === 'keyless' ? randomUUID() : '' }),
  })
  if (!response.ok) throw new Error(await response.text())
  const result = (await response.json()) as { what: string }
  boundary() // its effect has happened, and nobody was told
  return result
}

const worker = await createWorker({
  graphs: { codePath, graphs: [] },
  tools: { effect },
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  blobs: testBlobs,
  // Else each kill costs ten seconds, in which the server waits for the dead one.
  stickyQueueScheduleToStartTimeout: '300 ms',
})
await worker.run()
