import './asyncContext.ts'
import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph/web'
import { describe, expect, test } from 'vitest'
import { decode } from '../payload/decode.ts'
import { encode } from '../payload/encode.ts'
import { LatestSaver, type SavedGraph } from './latestSaver.ts'

const State = Annotation.Root({ n: Annotation<number>, rounds: Annotation<number>, deep: Annotation<number> })
type Node = (state: typeof State.State) => object

type Compiled = { invoke: (input: unknown, config: object) => Promise<object> }
type Builder = { compile: (options?: object) => Compiled }

/** One node that runs so many times. */
const looping = (key: 'n' | 'rounds' | 'deep', times: number, node: Node | Compiled) =>
  new StateGraph(State)
    .addNode('step', node as Node)
    .addNode('count', (state) => ({ [key]: (state[key] ?? 0) + 1 }))
    .addEdge(START, 'step')
    .addEdge('step', 'count')
    .addConditionalEdges('count', (state) => (state[key] < times ? 'step' : END), ['step', END]) as unknown as Builder
const compiled = (builder: Builder) => builder.compile()
const idle = () => ({})

const shapes = {
  'a graph': (times: number) => looping('n', times, idle),
  'a subgraph': (times: number) => looping('rounds', 1, compiled(looping('n', times, idle))),
  'a subgraph of a subgraph': (times: number) =>
    looping('rounds', 1, compiled(looping('deep', 1, compiled(looping('n', times, idle))))),
  'a subgraph that is entered anew': (times: number) => looping('rounds', times, compiled(looping('n', 2, idle))),
}

async function plain(builder: Builder, recursionLimit: number) {
  const config = { configurable: { thread_id: 'x' }, recursionLimit }
  return builder
    .compile({ checkpointer: new MemorySaver() })
    .invoke({ n: 0 }, config)
    .catch((failure: unknown) => (failure as Error).name)
}

/** The same in many pieces: each is stopped at a boundary, and the next one has what a payload carries of it. */
async function inPieces(builder: Builder, recursionLimit: number) {
  const config = { configurable: { thread_id: 'x' } }
  let saved: SavedGraph | undefined
  const kept: number[] = []
  for (let piece = 0; ; piece++) {
    const saver = new LatestSaver(saved)
    const graph = builder.compile({ checkpointer: saver })
    // Each loop asks once as it is taken up again, before it has done anything.
    let asked = 0
    const control = {
      get drainRequested() {
        return saver.isOverLimit() || asked++ > 3
      },
      drainReason: 'test',
    }
    const ended = await graph
      .invoke(piece === 0 ? { n: 0 } : null, { ...config, recursionLimit, control })
      .catch((failure: unknown) => (failure as Error).name)
    if (saver.isOverLimit()) return { ended: 'GraphRecursionError', piece, kept }
    if (ended !== 'GraphDrained') return { ended, piece, kept }
    const form = encode(saver.save())
    saved = decode(form) as SavedGraph
    kept.push(saved.kept.length)
  }
}

describe('a run in pieces ends as the same run of plain LangGraph does', () => {
  test.each(Object.entries(shapes))('%s: of 1 to 7 rounds, at limits of 1 to 16', async (_, shape) => {
    const found: [times: number, limit: number, end: object | string][] = []
    const wanted: typeof found = []
    let pieces = 0
    for (let times = 1; times <= 7; times++) {
      for (let limit = 1; limit <= 16; limit++) {
        wanted.push([times, limit, await plain(shape(times), limit)])
        const { ended, piece } = await inPieces(shape(times), limit)
        found.push([times, limit, ended])
        pieces += piece
      }
    }
    expect(found).toEqual(wanted)
    // Both ends are among them, and most were reached over several pieces.
    const ends = wanted.map(([, , end]) => end)
    expect(ends.filter((end) => end === 'GraphRecursionError').length).toBeGreaterThan(20)
    expect(ends.filter((end) => typeof end === 'object').length).toBeGreaterThan(20)
    expect(pieces).toBeGreaterThan(100)
  })
})

test('a subgraph that was entered 40 times within one superstep of the graph leaves no more behind than one entered twice', async () => {
  const { kept } = await inPieces(looping('rounds', 1, compiled(shapes['a subgraph that is entered anew'](40))), 200)
  expect(kept.length).toBeGreaterThan(20)
  expect(Math.max(...kept)).toBeLessThanOrEqual(3)
})
