import { ActivityFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow'
import { TributaryError, type Digest } from '../kernel/index.ts'
import { toFailure } from './graph/index.ts'

type Work = { answer_job: (key: Digest) => Promise<void> }

/**
 * One answer by an engine worker of the adapter's group. Neither request nor answer is in here: both lie in the store,
 * under the key. A worker that dies is replaced; one that has no room says so to whoever asked.
 */
export async function answer({ key, queue }: { key: Digest; queue: string }): Promise<void> {
  const { answer_job } = proxyActivities<Work>({
    taskQueue: queue,
    scheduleToStartTimeout: '30 s',
    startToCloseTimeout: '10 m',
    heartbeatTimeout: '5 s',
    retry: {
      initialInterval: '200 ms',
      maximumInterval: '2 s',
      maximumAttempts: 5,
      nonRetryableErrorTypes: ['models/busy', 'models/cancelled'],
    },
  })
  try {
    await answer_job(key)
  } catch (failure) {
    throw waitedInVain(failure) ? toFailure(busy()) : failure
  }
}

function waitedInVain(failure: unknown): boolean {
  if (!(failure instanceof ActivityFailure)) return false
  return failure.cause instanceof TimeoutFailure && failure.cause.timeoutType === 'SCHEDULE_TO_START'
}

function busy(): TributaryError {
  return new TributaryError('No engine worker of this adapter’s group took the request in time.', {
    code: 'models/busy',
    facts: { waitedSeconds: 30, retryAfterSeconds: 10 },
    tryThis: 'ask again later with the same payment: nothing was charged; more engine workers would help',
    retry: true,
  })
}
