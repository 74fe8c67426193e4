import './sandbox/polyfills.ts'
import { proxySinks, workflowInfo, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow'
import { encode, type Json } from './payload/encode.ts'
import type { GraphEvent } from './protocol.ts'

/** What a replayed workflow does, with its values: Temporal's replay compares commands by kind and name only. */
export type ProbeEntry =
  | { kind: 'activity' | 'child'; name: string; args: Json }
  | { kind: 'continued'; args: Json }
  | { kind: 'result'; result: Json }
  | { kind: 'event'; event: Json }

export interface ProbeSinks extends Sinks {
  replayProbe: { record: (text: string) => void }
}

const { replayProbe } = proxySinks<ProbeSinks>()

function record(entry: ProbeEntry): void {
  replayProbe.record(JSON.stringify(entry))
}

/** Notes an entry of a graph's event log. */
export function noteEvent(event: GraphEvent): void {
  if (workflowInfo().unsafe.isReplaying) record({ kind: 'event', event: encode(event) })
}

/** Part of every bundle. It speaks only while a history is replayed, and only replayHistory and checkGraphs listen. */
export const interceptors = (): WorkflowInterceptors => {
  const replaying = () => workflowInfo().unsafe.isReplaying
  return {
    inbound: [
      {
        async execute(input, next) {
          const result = await next(input)
          if (replaying()) record({ kind: 'result', result: encode(result) })
          return result
        },
      },
    ],
    outbound: [
      {
        async scheduleActivity(input, next) {
          if (replaying()) record({ kind: 'activity', name: input.activityType, args: encode(input.args) })
          return next(input)
        },
        async startChildWorkflowExecution(input, next) {
          if (replaying()) record({ kind: 'child', name: input.workflowType, args: encode(input.options.args) })
          return next(input)
        },
        async continueAsNew(input, next) {
          if (replaying()) record({ kind: 'continued', args: encode(input.args) })
          return next(input)
        },
      },
    ],
  }
}
