// One graph three times: with the bounds as they are by default, without any that it could reach, and with large states.
import { Annotation, END, getWriter, Send, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph, inActivity, type DurableGraphOptions } from '../../../workflows/graph/index.ts'

const State = Annotation.Root({
  round: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  until: Annotation<number>,
  bytes: Annotation<number>,
  text: Annotation<string>,
  carried: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }),
  weighed: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }),
})
type State = typeof State.State

const Inner = Annotation.Root({
  round: Annotation<number>,
  bytes: Annotation<number>,
  text: Annotation<string>,
  weighed: Annotation<number>,
})
const activity = { as: 'activity', timeout: '1 m', heartbeat: '20 s' } as const

/** plan -> carry three at once -> check, in a subgraph of an activity and a node of the sandbox; so many rounds. */
const marching = (name: string, { continueAfter }: Pick<DurableGraphOptions, 'continueAfter'> = {}) =>
  durableGraph(
    new StateGraph(State)
      .addNode('plan', ({ round }) => {
        getWriter()?.({ planned: round + 1 })
        return { round: round + 1 }
      })
      .addNode('carry', inActivity)
      .addNode(
        'check',
        new StateGraph(Inner)
          .addNode('weigh', inActivity)
          .addNode('count', ({ round }) => {
            getWriter()?.({ counted: round })
            return { weighed: 1 }
          })
          .addEdge(START, 'weigh')
          .addEdge('weigh', 'count')
          .addEdge('count', END)
          .compile(),
      )
      .addEdge(START, 'plan')
      .addConditionalEdges(
        'plan',
        ({ round }) => ['salt', 'silk', 'tea'].map((what) => new Send('carry', { what, round })),
        ['carry'],
      )
      .addEdge('carry', 'check')
      .addConditionalEdges('check', ({ round, until }) => (round < until ? 'plan' : END), ['plan', END]),
    {
      name,
      recursionLimit: 1_000_000,
      ...(continueAfter === undefined ? {} : { continueAfter }),
      nodes: {
        plan: { as: 'workflow' },
        carry: {
          ...activity,
          activity: 'effect',
          pick: ({ what, round }: State & { what: string }) => ({ what: `${what} ${round}` }),
          put: () => ({ carried: 1 }),
        },
        check: {
          as: 'graph',
          nodes: {
            weigh: {
              ...activity,
              activity: 'effect',
              pick: ({ round, bytes, text }: State) => ({ what: `weighed ${round}`, bytes, text }),
              put: (output) => ({ text: (output as { text: string }).text }),
            },
            count: { as: 'workflow' },
          },
        },
      },
    },
  )

export const march = marching('march')
/** A server ends a run at 51,200 events, 50 MB and 2,000 updates. */
export const unbounded = marching('unbounded', { continueAfter: { events: 50_000, bytes: 48_000_000, updates: 1_900 } })
