import type { ActivityInterceptors } from '@temporalio/worker'
import { codedFailures } from '../toFailure.ts'

/** An activity interceptor: coded errors leave every activity as failures that `findError` can read again. */
export function codedErrors(): ActivityInterceptors {
  return { inbound: { execute: (input, next) => codedFailures(next)(input) } }
}
