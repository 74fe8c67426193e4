import { ServiceError, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common'
import { findError, TributaryError } from '../../../kernel/index.ts'

/** What a call of the client failed with, as a coded error; what is none of ours passes as it is. */
export function asCoded(failure: unknown, id: string): unknown {
  const coded = findError(failure)
  if (coded !== undefined) return coded
  const { cause } = failure as { cause?: unknown }
  const facts = { id }
  if (failure instanceof WorkflowExecutionAlreadyStartedError) {
    return new TributaryError('A run was started under this id before.', {
      code: 'graph/already-started',
      facts,
      tryThis: 'follow that run, or take another id',
      cause: failure,
    })
  }
  if (failure instanceof WorkflowNotFoundError) {
    return new TributaryError('No run has this id, or it has ended.', {
      code: 'graph/unknown-run',
      facts,
      tryThis: 'check the id and the namespace; a run that has ended takes no answers and no cancel',
      cause: failure,
    })
  }
  if (cause instanceof CancelledFailure) {
    return new TributaryError('The run was cancelled.', { code: 'graph/cancelled', facts, cause: failure })
  }
  if (cause instanceof TerminatedFailure || cause instanceof TimeoutFailure) {
    const code = cause instanceof TerminatedFailure ? 'graph/terminated' : 'graph/timed-out'
    return new TributaryError(`The run was ended from outside: ${cause.message}`, { code, facts, cause: failure })
  }
  if (failure instanceof ServiceError) {
    return new TributaryError('Temporal did not do what it was asked.', {
      code: 'graph/service',
      facts: { ...facts, reason: `${failure.message} ${String(cause)}`.slice(0, 300) },
      tryThis: 'look whether the server and a worker of this task queue run',
      retry: true,
      cause: failure,
    })
  }
  return failure
}
