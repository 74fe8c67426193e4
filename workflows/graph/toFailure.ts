import { ApplicationFailure } from '@temporalio/common'
import { TributaryError } from '../../kernel/index.ts'

/**
 * A coded error as Temporal carries it: type = code, details = [its wire form], retried only where a retry can help.
 * `findError` of kernel gets it back on the other side. The cause stays behind, in this process's log: it may hold
 * what must not be stored in a history.
 */
export function toFailure(error: TributaryError): ApplicationFailure {
  // Who says when to ask again is asked then, and not by the pauses of the retry policy.
  const seconds = error.facts['retryAfterSeconds']
  return ApplicationFailure.create({
    ...(typeof seconds === 'number' ? { nextRetryDelay: `${seconds} s` } : {}),
    message: error.message,
    type: error.code,
    nonRetryable: !error.retry,
    details: [error.toJSON()],
  })
}

/** Wraps a function so that its coded errors leave it as failures; everything else passes as it is. */
export function codedFailures<Args extends unknown[], Result>(
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await run(...args)
    } catch (error) {
      throw error instanceof TributaryError ? toFailure(error) : error
    }
  }
}
