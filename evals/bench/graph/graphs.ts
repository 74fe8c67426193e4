// The same steps as a durable graph and as a plain Temporal workflow.
import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import { durableGraph, inActivity } from '../../../workflows/graph/index.ts'
import type { tools } from './tools.ts'

const Count = Annotation.Root({ n: Annotation<number>, until: Annotation<number> })
type Count = typeof Count.State

const counting = () =>
  new StateGraph(Count)
    .addNode('step', inActivity)
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ n, until }) => (n < until ? 'step' : END), ['step', END])
const step = { as: 'activity', activity: 'increment', timeout: '10 s', pick: ({ n }: Count) => ({ n }) } as const

export const counter = durableGraph(counting, { name: 'counter', recursionLimit: 1_000, nodes: { step } })
export const localCounter = durableGraph(counting, {
  name: 'localCounter',
  recursionLimit: 1_000,
  nodes: { step: { ...step, local: true } },
})

/** Steps of the sandbox alone, all in one activation. */
export const inlineCounter = durableGraph(
  new StateGraph(Count)
    .addNode('step', ({ n }) => ({ n: n + 1 }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ n, until }) => (n < until ? 'step' : END), ['step', END]),
  { name: 'inlineCounter', recursionLimit: 1_000, nodes: { step: { as: 'workflow' } } },
)

const { increment } = proxyActivities<typeof tools>({ startToCloseTimeout: '10 s' })
const local = proxyLocalActivities<typeof tools>({ startToCloseTimeout: '10 s' })

export async function plainCounter({ n, until }: { n: number; until: number }): Promise<{ n: number }> {
  let at = n
  while (at < until) at = (await increment({ n: at })).n
  return { n: at }
}

export async function plainLocalCounter({ n, until }: { n: number; until: number }): Promise<{ n: number }> {
  let at = n
  while (at < until) at = (await local.increment({ n: at })).n
  return { n: at }
}
