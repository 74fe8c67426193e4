import {
  ApplicationFailure,
  ContinueAsNew,
  DeterminismViolationError,
  isCancellation,
  TemporalFailure,
} from '@temporalio/workflow'
import { findError, TributaryError } from '../../kernel/index.ts'
import { toFailure } from './toFailure.ts'

/**
 * What a workflow may throw for whatever a graph threw. Anything but a TemporalFailure would make Temporal retry the
 * workflow task for ever; only a break of determinism must do just that.
 */
export function graphFailure(error: unknown, graph: string): unknown {
  if (error instanceof AggregateError) {
    // Of several nodes that failed in one superstep: what failed by itself, before what was only cancelled with it.
    const errors: unknown[] = error.errors
    return graphFailure(errors.find((one) => !isCancellation(one)) ?? errors[0], graph)
  }
  if (error instanceof TemporalFailure || isCancellation(error) || error instanceof ContinueAsNew) return error
  if (error instanceof DeterminismViolationError) return error
  const coded = findError(error)
  if (coded !== undefined) return toFailure(coded)

  const { name = 'Error', message = String(error) } = error as Partial<Error>
  const facts = { graph, error: name }
  if (name === 'GraphRecursionError') {
    return toFailure(
      new TributaryError(`The graph ${graph} took more steps than its limit.`, {
        code: 'graph/recursion-limit',
        facts,
        tryThis: 'look for a loop that does not end, or raise recursionLimit',
      }),
    )
  }
  if (name === 'InvalidUpdateError') {
    return toFailure(
      new TributaryError(`A node of ${graph} returned an update that the state does not take: ${message}`, {
        code: 'graph/invalid-update',
        facts,
        tryThis: 'return known keys, and give a key that two nodes write in one step a reducer',
      }),
    )
  }
  return ApplicationFailure.fromError(error instanceof Error ? error : new Error(message), {
    type: 'graph/node-failed',
    nonRetryable: true,
    details: [
      new TributaryError(`A node of ${graph} failed: ${message}`, {
        code: 'graph/node-failed',
        facts,
        tryThis: 'mend the node: it failed in the sandbox, so a retry would fail in the same way',
      }).toJSON(),
    ],
  })
}
