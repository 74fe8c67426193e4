import { ApplicationFailure } from '@temporalio/common'
import { encode } from '../payload/encode.ts'
import { interruptType } from '../protocol.ts'
import { nodeCall } from './nodeCall.ts'

/**
 * Asks a person from within an activity, as LangGraph's `interrupt` does in a node: the attempt ends here, the graph waits
 * under an id, and when the answer comes the activity is called again under the same step and gets it here. So what comes
 * before must bear to be done again; several questions are answered in their order. Throws graph/no-node, graph/payload.
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- as LangGraph's own, so that a call can be moved
export function interrupt<Answer = unknown>(question: unknown): Answer {
  encode(question)
  const call = nodeCall()
  const { answers } = call
  const at = call.asked++
  if (at < answers.length) return answers[at] as Answer
  throw ApplicationFailure.create({
    message: 'The activity waits for an answer.',
    type: interruptType,
    nonRetryable: true,
    details: [question],
  })
}
