import type { EventPage, GraphEvent } from './protocol.ts'

/** The bounded log of one run: the last `limit` events, numbered without a gap. */
export type EventLog = {
  push: (event: Omit<GraphEvent, 'seq'>) => void
  page: (from?: number) => EventPage
  /** Number of the next event. */
  next: () => number
  end: () => void
}

export function createEventLog(limit: number): EventLog {
  let events: GraphEvent[] = []
  let next = 0
  let done = false
  return {
    push: (event) => {
      events.push({ seq: next++, ...event })
      // Cut in halves, so that a long run pays for the bound only now and then.
      if (events.length >= 2 * limit) events = events.slice(-limit)
    },
    page: (from = 0) => {
      const kept = events.slice(-limit)
      return { events: kept.filter((event) => event.seq >= from), first: kept[0]?.seq ?? next, next, done }
    },
    next: () => next,
    end: () => {
      done = true
    },
  }
}
