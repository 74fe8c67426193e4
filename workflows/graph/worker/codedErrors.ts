import type { ActivityInterceptors } from '@temporalio/worker'
import { encode } from '../payload/encode.ts'
import { codedFailures } from '../toFailure.ts'

/**
 * An activity interceptor: coded errors leave every activity as failures that `findError` can read again, and what no payload
 * holds is refused as one, once: Temporal alone would try the activity again for it.
 */
export function codedErrors(): ActivityInterceptors {
  return {
    inbound: {
      execute: (input, next) =>
        codedFailures(async () => {
          const output = await next(input)
          encode(output)
          return output
        })(),
    },
  }
}
