import { BaseError, HttpRequestError, TimeoutError } from 'viem'

/** An error and what caused it, outermost first. */
export function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let at = error; at instanceof Error && causes.length < 16; at = at.cause) causes.push(at)
  return causes.length > 0 ? causes : [error]
}

/** All that an error of the node says, to be looked through for the words that nodes have in common. */
export function failureText(error: unknown): string {
  return causesOf(error)
    .map((cause) => (cause instanceof BaseError ? `${cause.shortMessage} ${cause.details ?? ''}` : String(cause)))
    .join(' ')
}

/** No answer came: dropped, refused, too slow, or too many requests. What was asked may have happened. */
export function isNoAnswer(error: unknown): boolean {
  return causesOf(error).some((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError)
}
