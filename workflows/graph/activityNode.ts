import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow'
import { findError } from '../../kernel/index.ts'
import type { ActivityPlacement } from './placement.ts'

/** A node's function that calls its activity: `(input, step)`, where the step names this call within the workflow. */
export function activityNode(placement: ActivityPlacement, nextStep: () => string): (state: never) => Promise<unknown> {
  const activities = proxyActivities<Record<string, (input: unknown, step: string) => Promise<unknown>>>(
    optionsOf(placement),
  )
  const { pick, put, rescue } = placement
  return async (state) => {
    const input = pick === undefined ? state : pick(state)
    let output: unknown
    try {
      output = await activities[placement.activity]!(input, nextStep())
    } catch (failure) {
      const error = findError(failure)
      const update = error && rescue?.(error, state)
      if (update === undefined) throw failure
      return update
    }
    return put === undefined ? output : put(output, state)
  }
}

function optionsOf({ timeout, heartbeat, retry }: ActivityPlacement): ActivityOptions {
  return {
    startToCloseTimeout: timeout,
    ...(heartbeat === undefined ? {} : { heartbeatTimeout: heartbeat }),
    retry: {
      maximumAttempts: retry?.attempts ?? 5,
      initialInterval: retry?.firstPause ?? '1s',
      maximumInterval: '30s',
    },
    // An activity that heartbeats learns that it is cancelled, so wait for its clean end. One that doesn't never
    // learns it: waiting would last until its timeout.
    cancellationType:
      heartbeat === undefined
        ? ActivityCancellationType.TRY_CANCEL
        : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  }
}
