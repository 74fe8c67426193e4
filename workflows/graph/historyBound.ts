import { patched, workflowInfo } from '@temporalio/workflow'
import { mayCarryOn } from './sandbox/carryOn.ts'

/** How far a history may grow before its graph goes on in a new workflow run. */
export type HistoryBound = {
  /** Default 10,000. A server warns from about there on, and ends a run at 51,200. */
  events?: number
  /** Default 8 MB. A server ends a run at 50 MB. */
  bytes?: number
}

/** A server takes 2,000 updates a run, and some come while a superstep is under way. */
const mostUpdates = 1_000

/**
 * Whether the history of this run has passed its bound. Asked at superstep boundaries and while waiting, and deterministic:
 * both numbers are those of the workflow task at hand.
 */
export function historyBound({ events = 10_000, bytes = 8_000_000 }: HistoryBound): {
  isPast: () => boolean
  countUpdate: () => void
} {
  const isAlone = mayCarryOn()
  let updates = 0
  return {
    countUpdate: () => void updates++,
    isPast: () => {
      const { historyLength, historySize } = workflowInfo()
      if (historyLength <= events && historySize <= bytes && updates <= mostUpdates) return false
      // A run of before this could be keeps to its one history.
      return isAlone && patched('graph-continue/1')
    },
  }
}
