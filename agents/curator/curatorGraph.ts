import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph/web'
import type { z } from 'zod'
import type { Decision, Digest } from '../../kernel/index.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import { checkSamples, findDuplicates, planCuration, recordDecisions, type UncertainSample } from './ports.ts'
import { decisionsOf, unattended } from './review.ts'
import { summarise, type Batch, type CurationSummary } from './summarise.ts'

const appended = <Item>() => Annotation<Item[]>({ reducer: (all, more) => all.concat(more), default: () => [] })

const State = Annotation.Root({
  datanet: Annotation<string>,
  /** Names this curation: its workflow id. Decisions are stored under it. */
  curation: Annotation<string>,
  batch: Annotation<number>,
  /** What happens to a sample that no rule decides: a person is asked, or it is rejected. */
  uncertainPolicy: Annotation<'ask' | 'reject'>,
  plan: Annotation<z.output<typeof planCuration.output>>,
  duplicates: Annotation<z.output<typeof findDuplicates.output>>,
  batches: appended<Batch>(),
  uncertain: appended<UncertainSample>(),
  reviewed: Annotation<Decision[]>,
  reviewedDigest: Annotation<Digest>,
  summary: Annotation<CurationSummary>,
})
type State = typeof State.State

const checkedOf = ({ batches }: State) => batches.reduce((sum, { checked }) => sum + checked, 0)

/** From a batch on: the next one, or, when each sample was judged by itself, the duplicates among those left. */
export function afterBatch(state: State): 'check' | 'cluster' {
  return checkedOf(state) < state.plan.samples ? 'check' : 'cluster'
}

function afterCluster(state: State): 'review' | 'summarise' {
  return state.uncertain.length > 0 ? 'review' : 'summarise'
}

/** Asks a person until the answer decides on every sample, or lets the policy decide. */
function review({ datanet, uncertain, uncertainPolicy }: State): { reviewed: Decision[] } {
  if (uncertainPolicy === 'reject') return { reviewed: unattended(uncertain) }
  for (let problem = ''; ;) {
    const decisions = decisionsOf(uncertain, interrupt({ question: 'accept or reject?', datanet, uncertain, problem }))
    if (Array.isArray(decisions)) return { reviewed: decisions }
    problem = decisions.problem
  }
}

const short = { timeout: '10 m', heartbeat: '30 s', retry: { attempts: 15, firstPause: '500 ms' } } as const

/** survey -> check, batch by batch -> cluster -> (review -> record) -> summarise. */
export const curatorGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('survey', inActivity)
      .addNode('cluster', inActivity)
      .addNode('check', inActivity)
      .addNode('review', review)
      .addNode('record', inActivity)
      .addNode('summarise', ({ plan, batches, duplicates, reviewed, reviewedDigest }: State) => ({
        summary: summarise(plan.samples, {
          batches,
          duplicates,
          ...(reviewed ? { reviewed: { decisions: reviewed, digest: reviewedDigest } } : {}),
        }),
      }))
      .addEdge(START, 'survey')
      .addConditionalEdges('survey', afterBatch, ['check', 'cluster'])
      .addConditionalEdges('check', afterBatch, ['check', 'cluster'])
      .addConditionalEdges('cluster', afterCluster, ['review', 'summarise'])
      .addEdge('review', 'record')
      .addEdge('record', 'summarise')
      .addEdge('summarise', END),
  {
    name: 'curator',
    recursionLimit: 10_000,
    nodes: {
      survey: {
        as: 'activity',
        activity: planCuration.name,
        ...short,
        pick: ({ datanet }: State) => ({ datanet }),
        put: (output) => ({ plan: planCuration.output.parse(output) }),
      },
      cluster: {
        as: 'activity',
        activity: findDuplicates.name,
        ...short,
        pick: ({ datanet, curation, uncertain }: State) => ({
          datanet,
          curation,
          except: uncertain.map(({ sample }) => sample),
        }),
        put: (output) => ({ duplicates: findDuplicates.output.parse(output) }),
      },
      check: {
        as: 'activity',
        activity: checkSamples.name,
        ...short,
        pick: (state: State) => {
          const from = checkedOf(state)
          const count = Math.min(state.batch, state.plan.samples - from)
          return { datanet: state.datanet, curation: state.curation, from, count }
        },
        put: (output, state: State) => {
          const { uncertain, ...counts } = checkSamples.output.parse(output)
          return { batches: [{ from: checkedOf(state), ...counts, uncertain: uncertain.length }], uncertain }
        },
      },
      review: { as: 'workflow' },
      record: {
        as: 'activity',
        activity: recordDecisions.name,
        ...short,
        pick: ({ datanet, curation, reviewed }: State) => ({ datanet, curation, decisions: reviewed }),
        put: (output) => ({ reviewedDigest: recordDecisions.output.parse(output).decisions }),
      },
      summarise: { as: 'workflow' },
    },
  },
)
