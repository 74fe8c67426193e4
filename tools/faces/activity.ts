import { activityInfo, Context } from '@temporalio/activity'
import { digestText, type ApprovalVerdict } from '../../kernel/index.ts'
import type { Progress, ToolContext } from '../context.ts'
import { runTool, type BoundTool } from '../runTool.ts'
import { toWire } from './wire.ts'

/**
 * The tools as Temporal activities: `(input, step?, answers?, verdict?)`, named as the tool. The verdict is that on an action that
 * needed an approval, when its workflow calls again.
 *
 * The effect key is workflow id + step + digest of the arguments: stable over retries and replays, since none of the
 * three changes. A workflow that means the same call twice must name two steps.
 */
export function toolActivities(
  tools: readonly BoundTool[],
  ctx: ToolContext,
  observe: {
    progress: (workflow: string, tool: string, progress: Progress) => void
    /** The workflows above the one that calls, the outermost first. */
    lineage: () => readonly string[]
  },
): Record<string, (input: unknown, step?: string, answers?: unknown[], verdict?: ApprovalVerdict) => Promise<unknown>> {
  return Object.fromEntries(tools.map((bound) => [bound.definition.name, activityOf(bound, ctx, observe)]))
}

function activityOf(bound: BoundTool, ctx: ToolContext, observe: Parameters<typeof toolActivities>[2]) {
  const tool = bound.definition.name
  return async (input: unknown, step = tool, _answers?: unknown[], verdict?: ApprovalVerdict): Promise<unknown> => {
    const { workflowExecution, workflowType: agent = '', attempt } = activityInfo()
    const { workflowId: workflow = 'none', runId = '' } = workflowExecution ?? {}
    const { cancellationSignal, heartbeat } = activityEdges()
    const beat = setInterval(() => heartbeat(undefined), 3_000)
    try {
      return await runTool(bound, input, {
        ...ctx,
        log: ctx.log.child({ workflow, tool }),
        call: {
          face: 'activity',
          effectKey: `${workflow}/${step}/${digestText(toWire(input ?? {}))}`,
          run: workflow,
          ...(agent === '' ? {} : { agent }),
          ...(verdict === undefined ? {} : { verdict }),
          origin: {
            workflow,
            run: runId,
            agent,
            lineage: [...observe.lineage()],
            step,
            node: nodeOf(step, agent),
            attempt,
          },
          signal: cancellationSignal,
          heartbeat: (progress) => {
            heartbeat(progress)
            observe.progress(workflow, tool, progress)
          },
        },
      })
    } finally {
      clearInterval(beat)
    }
  }
}

function activityEdges() {
  const context = Context.current()
  return { cancellationSignal: context.cancellationSignal, heartbeat: (details: unknown) => context.heartbeat(details) }
}

/** A graph's steps read `<graph>/<node>#<count>`, where the graph is the type of its workflow. */
function nodeOf(step: string, agent: string): string {
  const prefix = `${agent}/`
  return step.startsWith(prefix) && /#\d+$/.test(step) ? step.slice(prefix.length, step.lastIndexOf('#')) : ''
}
