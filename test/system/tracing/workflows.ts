// Workflows for the tests of traces and approvals, as an operator would have them.
import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow'
import { durableGraph, inActivity } from '../../../workflows/graph/index.ts'

type Step = (input: object, step?: string) => Promise<{ said: string }>
const step = proxyActivities<Record<'look' | 'send', Step>>({
  startToCloseTimeout: '30 s',
  heartbeatTimeout: '2 s',
  retry: { initialInterval: '50 ms', maximumAttempts: 100 },
})

const State = Annotation.Root({
  items: Annotation<string[]>,
  wei: Annotation<string>,
  file: Annotation<string>,
  at: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  said: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
})
type State = typeof State.State

const durable = { timeout: '30 s', heartbeat: '2 s', retry: { attempts: 100, firstPause: '50 ms' } } as const
const offer = ({ items, at, file }: State) => ({ item: items[at]!, file })
const noted = (output: unknown) => ({ said: [(output as { said: string }).said] })

/** Thinks about each item, and pays for it. What is refused for good is noted by its code. */
export const shopper = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('think', inActivity)
      .addNode('buy', inActivity)
      .addEdge(START, 'think')
      .addEdge('think', 'buy')
      .addConditionalEdges('buy', ({ at, items }) => (at < items.length ? 'think' : END), ['think', END]),
  {
    name: 'shopper',
    nodes: {
      think: { as: 'activity', activity: 'think', ...durable, pick: offer, put: noted },
      buy: {
        as: 'activity',
        activity: 'pay',
        ...durable,
        pick: (state: State) => ({ ...offer(state), wei: state.wei }),
        put: (output, { at }: State) => ({ ...noted(output), at: at + 1 }),
        rescue: ({ code }, { at }: State) => ({ said: [code], at: at + 1 }),
      },
    },
  },
)

const Said = Annotation.Root({
  file: Annotation<string>,
  reply: Annotation<string>,
  said: Annotation<string>,
  outcome: Annotation<string>,
})

/** Hands a model's words to a tool as they are: the worst that an agent can do. */
export const gullible = durableGraph(
  () =>
    new StateGraph(Said)
      .addNode('chat', inActivity)
      .addNode('act', inActivity)
      .addEdge(START, 'chat')
      .addEdge('chat', 'act')
      .addEdge('act', END),
  {
    name: 'gullible',
    nodes: {
      chat: { as: 'activity', activity: 'chat', ...durable, pick: ({ reply }: typeof Said.State) => ({ reply }) },
      act: {
        as: 'activity',
        activity: 'pay',
        ...durable,
        pick: ({ said }: typeof Said.State) => JSON.parse(said) as object,
        put: (output) => ({ outcome: (output as { said: string }).said }),
        rescue: ({ code }) => ({ outcome: code }),
      },
    },
  },
)

/** A plain workflow with a child and, through a tool, a workflow that is no child of its. */
export async function voyage({ file, items }: { file: string; items: string[] }): Promise<string[]> {
  await step.look({ item: 'shy', file })
  const { said } = await executeChild(between, {
    workflowId: `${workflowInfo().workflowId}/between`,
    args: [{ file, items }],
  })
  await step.send({ workflow: 'errand', file })
  return said
}

/** Calls nothing itself: its child hangs under it all the same. */
export async function between({ file, items }: { file: string; items: string[] }): Promise<{ said: string[] }> {
  const workflowId = `${workflowInfo().workflowId}/shop`
  return executeChild(shopper, { workflowId, args: [{ file, items, wei: '100' }] })
}

export async function errand({ file }: { file: string }): Promise<string> {
  return (await step.look({ item: 'letter', file })).said
}

/** Any recipe, as a home runs it. */
export { recipe } from '../../../workflows/recipe.ts'
