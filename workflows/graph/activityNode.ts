import './sandbox/polyfills.ts'
import { interrupt } from '@langchain/langgraph/web'
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow'
import { findError } from '../../kernel/index.ts'
import type { NodeCalls } from './nodeCalls.ts'
import type { ActivityPlacement } from './placement.ts'
import { interruptType } from './protocol.ts'
import { roomInTask } from './taskRoom.ts'

type Activity = (...args: unknown[]) => Promise<unknown>
type Config = { configurable?: { checkpoint_ns?: string } }

/**
 * A node's function that calls its activity: `(input, step)`, where the step names this call within the workflow. Where the
 * activity asks something, the node stops at an interrupt of LangGraph's, and calls it again with the answers so far:
 * `(input, step, answers)`, under the same step.
 */
export function activityNode(
  node: string,
  path: string[],
  placement: ActivityPlacement,
  calls: NodeCalls,
): (state: never, config?: Config) => Promise<unknown> {
  const activity = proxyOf(placement)
  const { pick, put, rescue } = placement
  const name = [...path, node].join('/')
  return async (state, config) => {
    const input = pick === undefined ? state : pick(state)
    const task = config?.configurable?.checkpoint_ns ?? name
    const { step, questions, heard } = calls.asked.get(task) ?? { step: calls.next(name), questions: [], heard: 0 }
    const answers = questions.map((question) => interrupt<unknown, unknown>(question))
    const running = { node, path, heard }
    for (;;) {
      const turn = calls.enter()
      if (turn !== undefined) await turn
      calls.running.set(step, running)
      let output: unknown
      try {
        const room = placement.local === true ? undefined : roomInTask(input)
        if (room !== undefined) await room
        output = await (answers.length === 0 ? activity(input, step) : activity(input, step, answers))
      } catch (failure) {
        const question = questionOf(failure)
        if (question !== undefined) {
          questions.push(question.value)
          calls.asked.set(task, { step, questions, heard: running.heard })
          answers.push(interrupt(question.value))
          continue
        }
        const error = findError(failure)
        const update = error && rescue?.(error, state)
        if (update === undefined) throw failure
        return update
      } finally {
        calls.running.delete(step)
        calls.leave()
      }
      calls.asked.delete(task)
      return put === undefined ? output : put(output, state)
    }
  }
}

function questionOf(failure: unknown): { value: unknown } | undefined {
  const { cause } = failure instanceof ActivityFailure ? failure : {}
  if (!(cause instanceof ApplicationFailure) || cause.type !== interruptType) return undefined
  return { value: cause.details?.[0] }
}

function proxyOf({ activity, local, timeout, heartbeat, retry, taskQueue }: ActivityPlacement): Activity {
  const shared = {
    startToCloseTimeout: timeout,
    retry: {
      maximumAttempts: retry?.attempts ?? 5,
      initialInterval: retry?.firstPause ?? '1s',
      maximumInterval: '30s',
    },
  } as const
  if (local === true) return proxyLocalActivities<Record<string, Activity>>(shared)[activity]!
  return proxyActivities<Record<string, Activity>>({
    ...shared,
    ...(heartbeat === undefined ? {} : { heartbeatTimeout: heartbeat }),
    ...(taskQueue === undefined ? {} : { taskQueue }),
    // An activity that heartbeats learns that it is cancelled, so wait for its clean end. One that doesn't never
    // learns it: waiting would last until its timeout.
    cancellationType:
      heartbeat === undefined
        ? ActivityCancellationType.TRY_CANCEL
        : ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  })[activity]!
}
