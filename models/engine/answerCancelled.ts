import { TributaryError } from '../../kernel/index.ts'

/** What waits for an answer gets when its signal aborts, whatever engine makes it: models/cancelled. */
export function answerCancelled(): TributaryError {
  return new TributaryError('The answer was cancelled.', {
    code: 'models/cancelled',
    tryThis: 'ask again when the answer is wanted',
  })
}
