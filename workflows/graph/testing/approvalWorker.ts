// A worker in a process of its own, for a test that kills it: node approvalWorker.ts <address> <bundle> <task queue>
import { NativeConnection } from '@temporalio/worker'
import { createGraphWorker } from '../worker/index.ts'
import { approvalActivities } from './approvalActivities.ts'

const [address = '', codePath = '', taskQueue = ''] = process.argv.slice(2)
const connection = await NativeConnection.connect({ address })
const worker = await createGraphWorker({ bundle: { codePath }, activities: approvalActivities, connection, taskQueue })
await worker.run()
