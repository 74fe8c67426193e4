import { Annotation, END, MemorySaver, START, StateGraph } from '@langchain/langgraph/web'
import { expect, test } from 'vitest'
import { durableGraph } from './durableGraph.ts'
import { graphCheck } from './graphCheck.ts'
import { inActivity } from './inActivity.ts'
import type { Placement } from './placement.ts'

const State = Annotation.Root({ n: Annotation<number> })
const builder = () => new StateGraph(State).addNode('plan', inActivity).addEdge(START, 'plan').addEdge('plan', END)
const plan: Placement = { as: 'activity', activity: 'plan', timeout: '1s' }

test('reports each of 13 graphs once: built, or with the code of what is wrong with it', async () => {
  const made = <T>(name: string, nodes: Record<string, Placement>, build: () => T = builder as () => T) =>
    durableGraph(build as typeof builder, { name, nodes })
  made('good', { plan })
  made('bare', {})
  made('other', { plan, plam: plan })
  made('timeless', { plan: { ...plan, timeout: '' as '1s' } })
  made('flat', { plan: { as: 'graph', nodes: {} } })
  made('nowhere', { plan }, () => new StateGraph(State).addNode('plan', inActivity))
  made('missing as', { plan: { activity: 'plan', timeout: '1s' } as unknown as Placement })
  made('local beat', { plan: { ...plan, local: true, heartbeat: '1s' } })
  made('two retries', { plan }, () =>
    new StateGraph(State).addNode('plan', inActivity, { retryPolicy: {} }).addEdge(START, 'plan').addEdge('plan', END),
  )
  const around = (options: object) => () =>
    new StateGraph(State)
      .addNode('plan', builder().compile(options))
      .addEdge(START, 'plan')
      .addEdge('plan', END) as unknown as ReturnType<typeof builder>
  const inner: Record<string, Placement> = { plan: { as: 'graph', nodes: { plan } } }
  made('remembers', inner, around({ checkpointer: true }))
  made('stops before', inner, around({ interruptBefore: ['plan'] }))
  made('own checkpointer', inner, around({ checkpointer: new MemorySaver() }))
  const dead = made('dead', { plan }, () => {
    throw new TypeError('no')
  })
  expect((await graphCheck()).map(({ graph, nodes, error }) => [graph, nodes, error?.code])).toEqual([
    ['good', 1, undefined],
    ['bare', 0, 'graph/unplaced-node'],
    ['other', 0, 'graph/unknown-node'],
    ['timeless', 0, 'graph/bad-placement'],
    ['flat', 0, 'graph/bad-placement'],
    ['nowhere', 0, 'graph/uncompilable'],
    ['missing as', 0, 'graph/bad-placement'],
    ['local beat', 0, 'graph/bad-placement'],
    ['two retries', 0, 'graph/bad-placement'],
    ['remembers', 1, undefined],
    ['stops before', 0, 'graph/bad-placement'],
    ['own checkpointer', 0, 'graph/bad-placement'],
    ['dead', 0, 'graph/uncompilable'],
  ])
  // Started all the same, it fails the run and not its first task for ever.
  await expect(dead({ n: 1 })).rejects.toMatchObject({ type: 'graph/uncompilable', nonRetryable: true })
})

test('leaves the builder as it was: plain LangGraph says that the node lives in an activity', async () => {
  const plain = builder()
  durableGraph(plain, { name: 'placed', nodes: { plan } })
  await expect(plain.compile().invoke({ n: 1 })).rejects.toMatchObject({ code: 'graph/not-placed' })
})
