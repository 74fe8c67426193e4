import { parentPort, workerData } from 'node:worker_threads'
import { gradOnce } from './gradOnce.ts'

parentPort?.postMessage(await gradOnce(workerData as string), [])
