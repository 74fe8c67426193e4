import { activityInfo } from '@temporalio/activity'
import { emit } from '../../../workflows/graph/activity/index.ts'

/** What was done, and how often, for each workflow: `<step> <what>`, counted. */
export const done = new Map<string, Map<string, number>>()

/** An effect on this process, told as an event; returns so many bytes. */
async function effect({ what, bytes = 0 }: { what: string; bytes?: number }, step: string) {
  const { workflowId } = activityInfo().workflowExecution!
  const ofWorkflow = done.get(workflowId) ?? new Map<string, number>()
  done.set(workflowId, ofWorkflow)
  const key = `${step.slice(step.indexOf('/') + 1)} ${what}`
  ofWorkflow.set(key, (ofWorkflow.get(key) ?? 0) + 1)
  emit({ done: what })
  return { text: what.padEnd(bytes, '.') }
}

export const tools = { effect }
