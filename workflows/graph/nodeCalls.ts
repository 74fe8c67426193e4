/** What one activity node asked, under which step it will be called again with the answers, and how much of it was heard. */
export type AskedCall = { step: string; questions: unknown[]; heard: number }

/** The counts of a run, as values that a payload can carry. */
export type SavedCalls = { counts: [node: string, count: number][]; total: number; asked: [task: string, AskedCall][] }

/** A call that an activity is at work on: who hears what it emits. `heard` counts what was heard already. */
export type RunningCall = { node: string; path: string[]; heard: number }

/** All calls of activity nodes of one run: their names, their number, and those under way. */
export type NodeCalls = {
  /** The next name of a node's call: `<graph>/<node>#<count>`. */
  next: (node: string) => string
  total: () => number
  running: Map<string, RunningCall>
  /** A place among the calls at work: undefined where there is one now. Whoever got one leaves it. */
  enter: () => Promise<void> | undefined
  leave: () => void
  asked: Map<string, AskedCall>
  load: (saved: SavedCalls) => void
  save: () => SavedCalls
}

/** A server takes 2,000 activities under way in one run, and refuses the workflow task that asks for more, for ever. */
const mostAtOnce = 1_900

export function createNodeCalls(graph: () => string): NodeCalls {
  const counts = new Map<string, number>()
  const asked = new Map<string, AskedCall>()
  const queue: (() => void)[] = []
  let total = 0
  let atWork = 0
  return {
    next: (node) => {
      const count = (counts.get(node) ?? 0) + 1
      counts.set(node, count)
      total++
      return `${graph()}/${node}#${count}`
    },
    total: () => total,
    running: new Map(),
    enter: () => {
      if (atWork >= mostAtOnce) return new Promise((resolve) => void queue.push(resolve))
      atWork++
      return undefined
    },
    leave: () => {
      const next = queue.shift()
      if (next === undefined) atWork--
      else next()
    },
    asked,
    load: (saved) => {
      total = saved.total
      for (const [node, count] of saved.counts) counts.set(node, count)
      for (const [task, call] of saved.asked) asked.set(task, call)
    },
    save: () => ({ counts: [...counts], total, asked: [...asked] }),
  }
}
