import { Worker, type WorkerOptions } from '@temporalio/worker'
import { codedErrors } from './codedErrors.ts'
import { readsLineage } from './lineageOf.ts'
import { dataConverter } from './paths.ts'

/** A Temporal worker for activities alone: no workflow threads. It hears of a cancellation within a second. */
export function createActivityWorker(
  options: Omit<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'dataConverter'>,
): Promise<Worker> {
  return Worker.create({
    maxHeartbeatThrottleInterval: '1 s',
    ...options,
    dataConverter,
    interceptors: { activity: [readsLineage, codedErrors] },
  })
}
