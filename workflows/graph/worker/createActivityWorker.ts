import { Worker, type WorkerOptions } from '@temporalio/worker'
import type { BlobStore } from '../payload/blobStore.ts'
import { graphDataConverter } from '../payload/graphDataConverter.ts'
import { callsOfNodes } from './callsOfNodes.ts'
import { codedErrors } from './codedErrors.ts'
import { readsBrought } from './lineageOf.ts'

/** A Temporal worker for activities alone: no workflow threads. It hears of a cancellation within a second. */
export function createActivityWorker(
  options: Omit<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'dataConverter'> & { blobs?: BlobStore },
): Promise<Worker> {
  const { blobs, ...rest } = options
  return Worker.create({
    maxHeartbeatThrottleInterval: '1 s',
    ...rest,
    dataConverter: graphDataConverter(blobs),
    interceptors: { activity: [readsBrought, codedErrors, callsOfNodes] },
  })
}
