import { activityInfo } from '@temporalio/activity'
import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { ActivityInterceptors } from '@temporalio/worker'
import type { ApprovalVerdict } from '../../../kernel/index.ts'
import { brought } from '../activity/brought.ts'
import { readLineage, withLineage } from '../lineage.ts'

/** The workflows above the one that called the activity at hand, the outermost first; none outside of activities. */
export function lineageOf(): readonly string[] {
  return brought.getStore()?.lineage ?? []
}

/** An activity interceptor: what the interceptors of a bundle sent along is known from here on. Every worker of ours has it. */
export function readsBrought(): ActivityInterceptors {
  return {
    inbound: {
      execute: (input, next) => {
        const [, , , verdict] = input.args as [unknown, unknown, unknown, ApprovalVerdict | undefined]
        return brought.run({ lineage: readLineage(input.headers) ?? [], verdict }, () => next(input))
      },
    },
  }
}

/** For a client: a workflow that an activity starts hangs under the workflow of that activity. */
export const passesLineage: WorkflowClientInterceptor = {
  startWithDetails(input, next) {
    const { lineage } = brought.getStore() ?? {}
    if (lineage === undefined) return next(input)
    const { workflowExecution } = activityInfo()
    const asParent = workflowExecution ? [...lineage, workflowExecution.workflowId] : lineage
    return next({ ...input, headers: withLineage(input.headers, asParent) })
  },
}
