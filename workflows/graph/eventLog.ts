import type { EventPage, GraphEvent } from './protocol.ts'

/** What a log keeps, as values that a payload can carry. */
export type SavedEventLog = { events: GraphEvent[]; next: number }

/** The bounded log of one run: the last `limit` events, numbered without a gap. */
export type EventLog = {
  /** Returns it as it is kept. */
  push: (event: Omit<GraphEvent, 'seq'>) => GraphEvent
  page: (from?: number) => EventPage
  /** Number of the next event. */
  next: () => number
  end: () => void
  save: () => SavedEventLog
}

export function createEventLog(limit: number, saved: SavedEventLog = { events: [], next: 0 }): EventLog {
  let { events, next } = saved
  let done = false
  const kept = () => events.slice(-limit)
  return {
    push: (event) => {
      const numbered = { seq: next++, ...event }
      events.push(numbered)
      // Cut in halves, so that a long run pays for the bound only now and then.
      if (events.length >= 2 * limit) events = kept()
      return numbered
    },
    page: (from = 0) => {
      const all = kept()
      return { events: all.filter((event) => event.seq >= from), first: all[0]?.seq ?? next, next, done }
    },
    next: () => next,
    end: () => {
      done = true
    },
    save: () => ({ events: kept(), next }),
  }
}
