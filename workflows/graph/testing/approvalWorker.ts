// A worker in a process of its own, for a test that kills it: node approvalWorker.ts <address> <bundle> <task queue>
import { NativeConnection } from '@temporalio/worker'
import { createWorker } from '../worker/index.ts'
import { approvalActivities } from './approvalActivities.ts'
import { testBlobs } from './testBlobs.ts'

const [address = '', codePath = '', taskQueue = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const graphs = { codePath }
const worker = await createWorker({ graphs, tools: approvalActivities, blobs: testBlobs, connection, taskQueue })
await worker.run()
