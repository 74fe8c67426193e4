import { TributaryError } from '../kernel/index.ts'
import { callsOf } from '../store/index.ts'
import type { Run } from './runTool.ts'
import type { traceWorkflow } from './traceWorkflow.ts'
import { toTracedCall } from './tracing/tracedCall.ts'

export const run: Run<typeof traceWorkflow> = async ({ workflow, from, count }, { store }) => {
  const calls = await callsOf(store, { workflow, from, count })
  if (calls.length === 0 && from === 0) {
    throw new TributaryError('No call of such a workflow is on record.', {
      code: 'tools/no-trace',
      facts: { workflow },
      tryThis:
        'name the workflow’s id, as Temporal’s page and tributary status show it; one that called no tool leaves none',
    })
  }
  return { workflow, calls: calls.map(toTracedCall) }
}
