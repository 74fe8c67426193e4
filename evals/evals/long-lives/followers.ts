import { setTimeout as sleep } from 'node:timers/promises'
import { TributaryError } from '../../../kernel/index.ts'
import type { GraphClient } from '../../../workflows/graph/client/index.ts'
import type { GraphEvent } from '../../../workflows/graph/index.ts'

/** All of a log by queries, which leave nothing in the history; a gap is an error. */
export async function readByQueries(graphs: GraphClient, id: string): Promise<GraphEvent[]> {
  const seen: GraphEvent[] = []
  for (;;) {
    const { events, first, next, done } = await graphs.events(id, seen.length)
    if (first > seen.length) {
      throw new TributaryError('The log was read too slowly.', {
        code: 'evals/log',
        facts: { first, seen: seen.length },
      })
    }
    seen.push(...events)
    if (done && next === seen.length) return seen
    await sleep(200)
  }
}

/** All that a stream gives from where it joins, or so many events of it. */
export async function follow(graphs: GraphClient, id: string, most = Infinity): Promise<GraphEvent[]> {
  const seen: GraphEvent[] = []
  for await (const event of graphs.stream(id)) {
    seen.push(event)
    if (seen.length >= most) break
  }
  return seen
}

/** How many entries of a log that was joined at some point are missing, double, out of order or other than in the whole one. */
export function differences(joined: readonly GraphEvent[], whole: readonly GraphEvent[]): number {
  const from = joined[0]?.seq ?? 0
  const wanted = whole.slice(from, from + joined.length)
  const wrong = joined.filter((event, i) => JSON.stringify(event) !== JSON.stringify(wanted[i])).length
  return wrong + (joined.length === 0 ? 1 : 0)
}

/** Entries of one log that the other does not have, both ways. Steps at work together end in either order: their place does not count. */
export function unequal(one: readonly GraphEvent[], other: readonly GraphEvent[]): string[] {
  const counts = new Map<string, number>()
  const count = (events: readonly GraphEvent[], by: number) => {
    for (const { kind, node, path, data } of events) {
      const line = JSON.stringify([kind, node, path, data])
      counts.set(line, (counts.get(line) ?? 0) + by)
    }
  }
  count(one, 1)
  count(other, -1)
  return [...counts].flatMap(([line, more]) => (more === 0 ? [] : [`${more} ${line.slice(0, 200)}`]))
}
