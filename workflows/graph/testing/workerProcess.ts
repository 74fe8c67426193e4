// A worker in a process of its own, for tests that kill it: node workerProcess.ts <address> <bundle> <task queue>
import { NativeConnection } from '@temporalio/worker'
import { createWorker } from '../worker/index.ts'
import { activities } from './activities.ts'
import { testBlobs } from './testBlobs.ts'

const [address = '', codePath = '', taskQueue = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await createWorker({ graphs: { codePath }, tools: activities, blobs: testBlobs, connection, taskQueue })
await worker.run()
