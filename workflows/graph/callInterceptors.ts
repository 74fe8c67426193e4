import { proxyActivities, proxyLocalActivities, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow'
import { approvalRequestIn } from '../../kernel/index.ts'
import { untilVerdict } from './approvals.ts'
import { readLineage, withLineage } from './lineage.ts'

/**
 * Part of every bundle: what each call of a workflow carries besides its arguments, and that one which needs an approval waits for it. Workflow code knows nothing of either.
 */
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
        scheduleActivity: (input, next) =>
          next({ ...input, headers: withLineage(input.headers, lineage()) }).then(undefined, (failure: unknown) =>
            askedFirst(failure, input, () => proxyActivities<Again>(input.options)),
          ),
        scheduleLocalActivity: (input, next) =>
          next({ ...input, headers: withLineage(input.headers, lineage()) }).then(undefined, (failure: unknown) =>
            askedFirst(failure, input, () => proxyLocalActivities<Again>(input.options)),
          ),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, headers: withLineage(input.headers, asParent()) }),
        continueAsNew: (input, next) => next({ ...input, headers: withLineage(input.headers, lineage()) }),
      },
    ],
  }
}

type Again = Record<string, (...args: unknown[]) => Promise<unknown>>

/**
 * An activity that wants an approval is called again with what was said, as `(input, step, answers, verdict)`: by itself alone it
 * says whether that is enough. Everything else fails as it did.
 */
async function askedFirst(
  failure: unknown,
  { activityType, args }: { activityType: string; args: unknown[] },
  again: () => Again,
): Promise<unknown> {
  const request = approvalRequestIn(failure)
  if (request === undefined) throw failure
  const [argument, step, answers = []] = args
  const verdict = await untilVerdict(request, nodeOf(step) ?? activityType)
  return again()[activityType]!(argument, step, answers, verdict)
}

/** A graph's steps read `<graph>/<node>#<count>`. */
function nodeOf(step: unknown): string | undefined {
  return typeof step === 'string' ? /^[^/]*\/(.*)#\d+$/.exec(step)?.[1] : undefined
}

/** As far as a workflow knows by itself: of one that began before there was a header. */
function above(): string[] {
  const { parent, root } = workflowInfo()
  if (parent === undefined) return []
  const outermost = root?.workflowId ?? parent.workflowId
  return outermost === parent.workflowId ? [outermost] : [outermost, parent.workflowId]
}
