import { AsyncLocalStorage } from 'node:async_hooks'
import { activityInfo } from '@temporalio/activity'
import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { ActivityInterceptors } from '@temporalio/worker'
import { readLineage, withLineage } from '../lineage.ts'

const inActivity = new AsyncLocalStorage<readonly string[]>()

/** The workflows above the one that called the activity at hand, the outermost first; none outside of activities. */
export function lineageOf(): readonly string[] {
  return inActivity.getStore() ?? []
}

/** An activity interceptor: from here on `lineageOf` knows. Every worker of ours has it. */
export function readsLineage(): ActivityInterceptors {
  return {
    inbound: {
      execute: (input, next) => inActivity.run(readLineage(input.headers) ?? [], () => next(input)),
    },
  }
}

/** For a client: a workflow that an activity starts hangs under the workflow of that activity. */
export const passesLineage: WorkflowClientInterceptor = {
  startWithDetails(input, next) {
    const lineage = inActivity.getStore()
    if (lineage === undefined) return next(input)
    const { workflowExecution } = activityInfo()
    const asParent = workflowExecution ? [...lineage, workflowExecution.workflowId] : lineage
    return next({ ...input, headers: withLineage(input.headers, asParent) })
  },
}
