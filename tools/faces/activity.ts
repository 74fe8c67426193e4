import { activityInfo, Context } from '@temporalio/activity'
import { digestText, type Digest } from '../../kernel/index.ts'
import type { Progress, ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { toWire } from './wire.ts'

/** What one call leaves in the decision trace. */
export type ActivityTrace = {
  workflow: string
  step: string
  tool: string
  effectKey: string
  /** Of the activity: a repetition after a crash leaves a line of its own. */
  attempt: number
  inputDigest: Digest
  outputDigest: Digest
  ms: number
  rssMiB: number
}

/**
 * The tools as Temporal activities: `(input, step?)`, named as the tool.
 *
 * The effect key is workflow id + step + digest of the arguments: stable over retries and replays, since none of the
 * three changes. A workflow that means the same call twice must name two steps.
 */
export function toolActivities(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  observe: {
    progress: (workflow: string, tool: string, progress: Progress) => void
    trace: (entry: ActivityTrace) => Promise<void>
  },
): Record<string, (input: unknown, step?: string) => Promise<unknown>> {
  return Object.fromEntries(tools.map((bound) => [bound.definition.name, activityOf(bound, ctx, observe)]))
}

function activityOf(bound: BoundTool, ctx: ToolContext, observe: Parameters<typeof toolActivities>[2]) {
  const tool = bound.definition.name
  return async (input: unknown, step = tool): Promise<unknown> => {
    const { workflowExecution, workflowType, attempt } = activityInfo()
    const workflow = workflowExecution?.workflowId ?? 'none'
    const inputDigest = digestText(toWire(input ?? {}))
    const effectKey = `${workflow}/${step}/${inputDigest}`
    const { cancellationSignal, heartbeat } = activityEdges()
    const beat = setInterval(() => heartbeat(undefined), 3_000)
    const started = performance.now()
    try {
      const output = await runTool(bound, input, {
        ...ctx,
        log: ctx.log.child({ workflow, tool }),
        call: {
          face: 'activity',
          effectKey,
          run: workflow,
          ...(workflowType === undefined ? {} : { agent: workflowType }),
          signal: cancellationSignal,
          heartbeat: (progress) => {
            heartbeat(progress)
            observe.progress(workflow, tool, progress)
          },
        },
      })
      await observe.trace({
        workflow,
        step,
        tool,
        effectKey,
        attempt,
        inputDigest,
        outputDigest: digestText(toWire(output)),
        ms: Math.round(performance.now() - started),
        rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
      })
      return output
    } finally {
      clearInterval(beat)
    }
  }
}

function activityEdges() {
  const context = Context.current()
  return { cancellationSignal: context.cancellationSignal, heartbeat: (details: unknown) => context.heartbeat(details) }
}
