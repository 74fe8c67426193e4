import { patched, workflowInfo } from '@temporalio/workflow'
import { TributaryError } from '../../kernel/index.ts'
import { mayCarryOn } from './sandbox/carryOn.ts'
import { toFailure } from './toFailure.ts'

/** How far a history may grow before its graph goes on in a new workflow run. */
export type HistoryBound = {
  /** Default 10,000. A server warns from about there on, and ends a run at 51,200. */
  events?: number
  /** Default 8 MB. A server ends a run at 50 MB. */
  bytes?: number
  /** Default 1,000 answers and looks of followers. A server takes 2,000 a run, and some come while a superstep is under way. */
  updates?: number
}

/**
 * Whether the history of this run has passed its bound, or so many times its bound. Asked at superstep boundaries and while
 * waiting, and deterministic: both numbers are those of the workflow task at hand.
 * What a run is handed over by the one before may be more than a bound allows: then the run doubles it, so that each gets on.
 */
export function historyBound({ events = 10_000, bytes = 8_000_000, updates = 1_000 }: HistoryBound): {
  isPast: (times?: number) => boolean
  countUpdate: () => void
  /** Throws graph/too-many-looks where what is left of the server's bound is kept for answers. */
  admitFollower: () => void
} {
  const isAlone = mayCarryOn()
  const { historyLength, historySize } = workflowInfo()
  const mostEvents = Math.max(events, 2 * historyLength)
  const mostBytes = Math.max(bytes, 2 * historySize)
  let count = 0
  return {
    countUpdate: () => void count++,
    admitFollower: () => {
      if (count < 1.5 * updates) return
      throw toFailure(
        new TributaryError('This run has been looked at so often that the server would soon take no more answers.', {
          code: 'graph/too-many-looks',
          facts: { count },
          tryThis: 'ask graphEvents, a query, until the step under way has ended',
          retry: true,
        }),
      )
    },
    isPast: (times = 1) => {
      const now = workflowInfo()
      const isLong = now.historyLength > times * mostEvents || now.historySize > times * mostBytes
      if (!isLong && count <= updates) return false
      // A run of before this could be keeps to its one history.
      return isAlone && patched('graph-continue/1')
    },
  }
}
