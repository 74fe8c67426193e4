import { TributaryError, type Digest } from '../../kernel/index.ts'
import type { AnswerRequest, StampedAnswer } from '../../models/index.ts'
import type { AnswerJob } from '../../store/index.ts'

/** What of a request another process can use: all but the callbacks of this one. */
export function writeRequest(request: AnswerRequest): string {
  return JSON.stringify({ ...request, signal: undefined, enough: undefined, onToken: undefined, place: undefined })
}

export function readRequest({ request }: AnswerJob): AnswerRequest {
  return JSON.parse(request) as AnswerRequest
}

/** The answer of a job, as its worker stored it. Throws models/no-answer where there is none. */
export function readStored({ key, answer }: Pick<AnswerJob, 'key' | 'answer'>): StampedAnswer {
  if (answer !== null) return JSON.parse(answer) as StampedAnswer
  throw noAnswer(key)
}

function noAnswer(key: Digest): TributaryError {
  return new TributaryError('An engine worker says that it has answered, but its answer is not there.', {
    code: 'models/no-answer',
    facts: { key },
    tryThis: 'ask again with a new payment; check that gateways and engine workers use one DATABASE_URL',
  })
}
