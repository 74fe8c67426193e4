import { setFlagsFromString } from 'node:v8'
import { Worker, type InjectedSinks, type WorkerOptions } from '@temporalio/worker'
import type { ProbeSinks } from '../replayProbe.ts'
import { codedErrors } from './codedErrors.ts'
import { readsLineage } from './lineageOf.ts'
import { dataConverter } from './paths.ts'

export type GraphWorkerOptions = Omit<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'dataConverter'> & {
  /** What buildWorkflowBundle returned. */
  bundle: { codePath: string }
  /** Keep JavaScript stack traces in the sandbox (default false): Temporal takes one for every promise, which costs
   * a saturated worker up to half of its speed. */
  stackTraces?: boolean
}

/** A Temporal worker with the payload converter, the error conversion and the settings that durable graphs need. */
export async function createGraphWorker(options: GraphWorkerOptions): Promise<Worker> {
  const { bundle, stackTraces = false, sinks, interceptors, ...rest } = options
  const silent: InjectedSinks<ProbeSinks> = { replayProbe: { record: { fn: () => {}, callDuringReplay: false } } }
  // The flag is read when an isolate is made: set around the making of the workflow threads, it touches only them.
  if (!stackTraces) setFlagsFromString('--stack-trace-limit=0')
  try {
    return await Worker.create({
      // Else a heartbeat is held back for most of its timeout, and one that is late on a busy machine counts as missing.
      maxHeartbeatThrottleInterval: '2 s',
      ...rest,
      workflowBundle: bundle,
      dataConverter,
      sinks: { ...sinks, ...silent },
      interceptors: { ...interceptors, activity: [readsLineage, ...(interceptors?.activity ?? []), codedErrors] },
    })
  } finally {
    if (!stackTraces) setFlagsFromString('--stack-trace-limit=10')
  }
}
