import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { openBench, type Bench } from '../bench/graph/openBench.ts'
import { judged } from '../bench/engine/judged.ts'
import { measureParts } from '../bench/engine/measureParts.ts'
import { versionOfPackage } from '../describeMachine.ts'
import type { Row } from '../renderTable.ts'
import type { TableOptions } from '../runTable.ts'
import { createClient, type GraphClient } from '../../workflows/graph/client/index.ts'
import type { GraphEvent } from '../../workflows/graph/index.ts'
import { replayEvents } from '../../workflows/graph/worker/index.ts'
import { chainOf, type ChainRun } from './long-lives/chainOf.ts'
import { differences, follow, readByQueries, unequal } from './long-lives/followers.ts'
import { done, tools } from './long-lives/tools.ts'

type Context = { say: TableOptions['say'] }
type Size = { until: number; bytes: number }

const measures = {
  events: (context: Context) =>
    measure(context, { name: 'events', size: { until: 950, bytes: 0 }, least: [10_000, 'events'] }),
  bytes: (context: Context) =>
    measure(context, { name: 'bytes', size: { until: 100, bytes: 100_000 }, least: [8, 'MB'] }),
  followed: (context: Context) => measure(context, { name: 'followed', size: { until: 700, bytes: 0 } }),
}

export const parts = Object.keys(measures)

/**
 * Does a graph that outgrows its history at the default bounds (10,000 events, 8 MB, 1,000 updates) end as the same graph does in
 * one run? State, log and effects of both are compared; the log is read from the start and joined late. Cost: 5 minutes.
 */
export async function run({ say, only }: TableOptions): Promise<{ rows: Row[]; versions: Record<string, string> }> {
  const rows = await measureParts(measures, { say, ...(only ? { only } : {}) }, { say })
  return { rows, versions: { '@langchain/langgraph': versionOfPackage('@langchain/langgraph') } }
}

type Wanted = { name: string; size: Size; least?: [number, 'events' | 'MB'] }

async function measure({ say }: Context, { name, size, least }: Wanted): Promise<Row[]> {
  const workflowsPath = fileURLToPath(new URL('./long-lives/graphs.ts', import.meta.url))
  const bench = await openBench(undefined, { workflowsPath, tools })
  try {
    const graphs = await createClient({ client: bench.client, taskQueue: 'bench' })
    say(`${name}: in one run`)
    const one = await played(bench, graphs, { graph: 'unbounded', size })
    say(`${name}: at the default bounds`)
    const many = await played(bench, graphs, { graph: 'march', size, streams: least === undefined })
    say(`${name}: replays all of its runs`)
    const replayed: GraphEvent[] = []
    const replayMs: number[] = []
    for (const { history } of many.chain) {
      const started = performance.now()
      replayed.push(...(await replayEvents({ bundle: bench.bundle, history, workflowId: many.id, blobs: bench.blobs })))
      replayMs.push(performance.now() - started)
    }
    const wrong = unequal(many.log, one.log)
    for (const line of wrong.slice(0, 5)) say(`differs: ${line}`)

    const of = (figure: string, value: number, unit: string) => ({ figure: `${name}: ${figure}`, value, unit })
    const none = (figure: string, value: number, unit: string) =>
      judged(of(figure, value, unit), { of: 'value', most: 0 })
    const wentOn = many.chain.slice(0, -1)
    const inOne = done.get(one.id)!
    const inMany = done.get(many.id)!
    return [
      judged(of('continuations', wentOn.length, 'times'), { of: 'value', least: 2 }),
      ...(least === undefined ? [] : [leastRow(of, wentOn, least)]),
      ...many.chain.map((run, i) => of(`run ${i + 1} of ${many.chain.length}`, run.events, describeRun(run, replayMs[i]!))),
      {
        ...of('from start to end', many.seconds, `s; ${total(many.chain)}`),
        peer: `the same in one run of ${total(one.chain)}`,
        peerValue: one.seconds,
        ratio: many.seconds / one.seconds,
      },
      none('runs of the peer beyond one', one.chain.length - 1, 'runs'),
      none('differences of the final state', Number(!isDeepStrictEqual(one.state, many.state)), `of 1; ${size.until} rounds`),
      none('log from the start, entries lost or double', many.log.filter(({ seq }, i) => seq !== i).length, `of ${count(many.log)}`),
      none("log from the start, entries that differ from the peer's", wrong.length, `of ${count(one.log)}`),
      none('log out of the histories, entries that differ', differences(replayed, many.log) + Math.abs(replayed.length - many.log.length), `of ${count(replayed)}`),
      ...many.late.map(([joined, seen]) =>
        none(`log joined ${joined}, entries that differ`, differences(seen, many.log), `of ${count(seen)}, from ${seen[0]?.seq} on`),
      ),
      none('effects that one has and the other has not', [...inOne.keys()].filter((key) => !inMany.has(key)).length + Math.abs(inOne.size - inMany.size), `of ${inOne.size}`),
      none('effects had twice', [...inMany.values()].filter((times) => times > 1).length, `of ${inMany.size}`),
    ] // prettier-ignore
  } finally {
    await bench.close()
  }
}

const count = (events: readonly GraphEvent[]) => events.length.toLocaleString('en')

function total(chain: readonly ChainRun[]): string {
  const [events, bytes] = [chain.map((run) => run.events), chain.map((run) => run.bytes)].map((all) =>
    all.reduce((sum, more) => sum + more, 0),
  ) as [number, number]
  return `${events.toLocaleString('en')} events, ${(bytes / 1e6).toFixed(1)} MB`
}

function describeRun({ bytes, updates, seconds, pauseMs }: ChainRun, replayMs: number): string {
  const pause = pauseMs === 0 ? '' : `, ${Math.round(pauseMs)} ms after the one before`
  return `events; ${(bytes / 1e6).toFixed(2)} MB, ${updates} updates, ${seconds.toFixed(1)} s${pause}; replayed in ${(replayMs / 1_000).toFixed(1)} s`
}

function leastRow(
  of: (figure: string, value: number, unit: string) => Row,
  wentOn: readonly ChainRun[],
  [bound, unit]: [number, 'events' | 'MB'],
): Row {
  const sizes = wentOn.map(({ events, bytes }) => (unit === 'events' ? events : bytes / 1e6))
  return judged(of('the least at which a run went on', Math.min(...sizes), unit), { of: 'value', least: bound })
}

type Play = { graph: string; size: Size; streams?: boolean }

async function played(bench: Bench, graphs: GraphClient, { graph, size, streams = false }: Play) {
  const id = `${graph}-${size.until}-${size.bytes}`
  const started = performance.now()
  await graphs.start(graph, size, { id })
  const whole = streams ? follow(graphs, id) : readByQueries(graphs, id)
  // Those who come later: as soon as another run has begun, once in each of the first two, and one who stays to the end.
  const late: [joined: string, seen: Promise<GraphEvent[]>][] = []
  const ended = graphs.result(id)
  const known = new Set<string>()
  const isUnderWay = () => Promise.race([ended.then(() => false), sleep(250).then(() => true)])
  while (await isUnderWay()) {
    const { runId } = await bench.client.workflow.getHandle(id).describe()
    known.add(runId)
    if (known.size > 1 && late.length < known.size - 1 && late.length < 2) {
      late.push([`in run ${known.size}`, follow(graphs, id, streams && late.length === 1 ? Infinity : 300)])
    }
  }
  const state = await ended
  const seconds = (performance.now() - started) / 1_000
  const log = await whole
  const joined: [string, GraphEvent[]][] = []
  for (const [name, seen] of late) joined.push([name, await seen])
  if (graph === 'march') joined.push(['after the end', await follow(graphs, id)])
  return { id, state, seconds, log, late: joined, chain: await chainOf(bench.client, id) }
}
