import {
  ActivityCancellationType,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { RecipeCall, RecipeRun } from '../../recipes/running/index.ts'
import { retry } from '../steps.ts'

/**
 * Does what one step of a recipe says, and gives its output: a tool as an activity, whose effect key is made of the run, recipe and
 * step, and so is the same after any crash; an agent or a recipe as a workflow of its own under this one.
 */
export async function callStep(
  call: RecipeCall,
  at: { recipe: string; step: string; timeoutMs: number },
  input: Record<string, unknown>,
): Promise<unknown> {
  if (call.kind === 'tool') {
    const tools = proxyActivities<Record<string, (input: unknown, step: string) => Promise<unknown>>>({
      startToCloseTimeout: at.timeoutMs,
      heartbeatTimeout: '15 s',
      // A tool that this version lost is not waited for.
      retry: { ...retry, nonRetryableErrorTypes: ['NotFoundError'] },
      // Who takes a step back must not meet it still at work.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    })
    return tools[call.name]!(input, `${at.recipe}/${at.step}`)
  }
  const child = {
    workflowId: `${workflowInfo().workflowId}/${at.step}`,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowExecutionTimeout: at.timeoutMs,
  }
  if (call.kind !== 'recipe') return executeChild(call.name, { ...child, args: [input] })
  const { document, digest } = call
  const run: RecipeRun = { document, digest, input, cause: { by: 'recipe' } }
  const { output } = (await executeChild('recipe', { ...child, args: [run] })) as { output: unknown }
  return output
}
