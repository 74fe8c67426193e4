import { workflowInfo } from '@temporalio/workflow'
import { TributaryError } from '../../kernel/index.ts'
import { toFailure } from './toFailure.ts'

/**
 * The workflow of every type that a bundle does not have, its default export: it fails with a code. Temporal alone would
 * try the first task of such a run again for ever.
 */
export async function noSuchGraph(): Promise<never> {
  const { workflowType: graph, taskQueue } = workflowInfo()
  throw toFailure(
    new TributaryError(`The workers of this task queue have no graph or workflow ${graph}.`, {
      code: 'graph/unknown-graph',
      facts: { graph, taskQueue },
      tryThis: 'start what the file given to createWorker exports, by the name under which it does',
    }),
  )
}
