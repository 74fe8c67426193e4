// A worker in a process of its own, for tests that kill it: node workerProcess.ts <address> <bundle> <task queue>
import { NativeConnection } from '@temporalio/worker'
import { createGraphWorker } from '../worker/index.ts'
import { activities } from './activities.ts'

const [address = '', codePath = '', taskQueue = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await createGraphWorker({ bundle: { codePath }, activities, connection, taskQueue })
await worker.run()
