import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow'
import { readLineage, withLineage } from './lineage.ts'

/** Part of every bundle: what each call of a workflow carries besides its arguments. Workflow code knows nothing of it. */
export const interceptors = (): WorkflowInterceptors => {
  let given: readonly string[] | undefined
  const lineage = () => given ?? above()
  const asParent = () => [...lineage(), workflowInfo().workflowId]
  return {
    inbound: [
      {
        execute(input, next) {
          given = readLineage(input.headers)
          return next(input)
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: withLineage(input.headers, lineage()) }),
        scheduleLocalActivity: (input, next) => next({ ...input, headers: withLineage(input.headers, lineage()) }),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, headers: withLineage(input.headers, asParent()) }),
        continueAsNew: (input, next) => next({ ...input, headers: withLineage(input.headers, lineage()) }),
      },
    ],
  }
}

/** As far as a workflow knows by itself: of one that began before there was a header. */
function above(): string[] {
  const { parent, root } = workflowInfo()
  if (parent === undefined) return []
  const outermost = root?.workflowId ?? parent.workflowId
  return outermost === parent.workflowId ? [outermost] : [outermost, parent.workflowId]
}
