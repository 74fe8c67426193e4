// A worker with a store of its own on disk, for tests that kill it: node workerProcess.ts <address> <bundle> <task queue> <folder>
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { openStore, setApprovalRule } from '../../../store/index.ts'
import { toolActivities } from '../../../tools/index.ts'
import { graphDataConverter } from '../../../workflows/graph/client/index.ts'
import { testBlobs } from '../../../workflows/graph/testing/testBlobs.ts'
import { createWorker, lineageOf, passesLineage } from '../../../workflows/graph/worker/index.ts'
import { approvalSigner } from '../../../tools/approving/approvalSigner.ts'
import { contextOf } from './contextOf.ts'
import { toolBox } from './toolBox.ts'

const [address = '', codePath = '', taskQueue = '', folder = ''] = process.argv.slice(2)
const store = await openStore({ dir: folder })
const connection = await Connection.connect({ address })
const client = new Client({
  connection,
  dataConverter: graphDataConverter(testBlobs),
  interceptors: { workflow: [passesLineage] },
})
const ctx = contextOf({ store, client, taskQueue, bundle: { codePath } })
if (process.env['UNATTENDED'] !== undefined) {
  const limits = { underWei: null, budgetWei: null, expiresSeconds: null, atMs: 0 }
  const rule = { tool: '*', agent: process.env['UNATTENDED'], mode: 'unattended', ...limits } as const
  await setApprovalRule(store, { rule, signer: approvalSigner(ctx) })
}
const worker = await createWorker({
  graphs: { codePath },
  blobs: testBlobs,
  tools: toolActivities(toolBox, ctx, { progress: () => undefined, lineage: lineageOf }),
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  // Else each kill costs ten seconds, in which the server waits for the dead one.
  stickyQueueScheduleToStartTimeout: '500 ms',
})
await worker.run()
