import { Context } from '@temporalio/activity'
import type { Digest } from '../../kernel/index.ts'
import type { AnswerEngine } from '../../models/index.ts'
import { answerJob, getJob, type Queryable } from '../../store/index.ts'
import { readRequest } from './storedRequest.ts'

const beatMs = 1_000

/**
 * The activity `answer_job`: makes the answer of a job that lies in the store, and stores it there. One that was made
 * already is left; the first that is stored stays.
 */
export function answerActivity(options: {
  store: Queryable
  answers: AnswerEngine
  /** Told of each answer that the engine has made, stored or not. */
  onAnswer?: ((key: Digest) => void) | undefined
}) {
  const { store, answers, onAnswer } = options
  return async function answer_job(key: Digest): Promise<void> {
    const job = await getJob(store, { key })
    if (job.answer !== null) return
    const { heartbeat, cancellationSignal: signal } = Context.current()
    const beat = setInterval(() => heartbeat(), beatMs)
    try {
      const request = readRequest(job)
      const { adapter, payer, schema, promptIds, maxTokens } = request
      // Room was kept at the gateway, before it was paid: here it only waits its turn.
      const place = await answers.admit({
        adapter,
        promptTokens: promptIds.length,
        maxTokens,
        owed: true,
        ...(payer === undefined ? {} : { payer }),
        ...(schema === undefined ? {} : { schema }),
      })
      try {
        const answer = await answers.generate({ ...request, place, signal })
        onAnswer?.(key)
        await answerJob(store, { key, answer: JSON.stringify(answer) })
      } finally {
        place.release()
      }
    } finally {
      clearInterval(beat)
    }
  }
}
