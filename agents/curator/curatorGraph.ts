import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph/web'
import type { z } from 'zod'
import { TributaryError, type Decision, type Digest } from '../../kernel/index.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import {
  checkSamples,
  findDuplicates,
  judgeDoubts,
  planCuration,
  recordDecisions,
  type UncertainSample,
} from './ports.ts'
import { decisionsOf, unattended } from './review.ts'
import { summarise, type Batch, type CurationSummary } from './summarise.ts'

const appended = <Item>() => Annotation<Item[]>({ reducer: (all, more) => all.concat(more), default: () => [] })

const State = Annotation.Root({
  datanet: Annotation<string>,
  /** Names this curation: its workflow id. Decisions are stored under it. */
  curation: Annotation<string>,
  batch: Annotation<number>,
  /** What becomes of samples that passed the rules narrowly. */
  uncertainPolicy: Annotation<'decide' | 'ask' | 'reject'>,
  plan: Annotation<z.output<typeof planCuration.output>>,
  duplicates: Annotation<z.output<typeof findDuplicates.output>>,
  batches: appended<Batch>(),
  uncertain: appended<UncertainSample>(),
  /** A decision for each of `uncertain`, in their order. */
  reviewed: appended<Decision>(),
  reviewedDigest: Annotation<Digest>,
  summary: Annotation<CurationSummary>,
})
type State = typeof State.State

const checkedOf = ({ batches }: State) => batches.reduce((sum, { checked }) => sum + checked, 0)

/** From a batch on: the next one, or, when each sample was judged by itself, the doubtful ones, then the duplicates among those left. */
export function afterBatch(state: State): 'check' | 'judge' | 'review' | 'cluster' {
  if (checkedOf(state) < state.plan.samples) return 'check'
  if (state.reviewed.length >= state.uncertain.length) return 'cluster'
  return state.uncertainPolicy === 'decide' ? 'judge' : 'review'
}

const refused = ({ reviewed }: State) => reviewed.filter(({ verdict }) => verdict === 'reject')

/** Asks a person until the answer decides on every sample, or rejects them all. */
function review({ datanet, uncertain, uncertainPolicy }: State): { reviewed: Decision[] } {
  if (uncertainPolicy === 'reject') return { reviewed: unattended(uncertain) }
  for (let problem = ''; ;) {
    const decisions = decisionsOf(uncertain, interrupt({ question: 'accept or reject?', datanet, uncertain, problem }))
    if (Array.isArray(decisions)) return { reviewed: decisions }
    problem = decisions.problem
  }
}

/** Held to what was asked once more: an answer about another sample is none. */
function judged(output: unknown, { uncertain, reviewed }: State): { reviewed: Decision[] } {
  const made = judgeDoubts.output.parse(output).judged
  const isAnswer = made.length > 0 && made.every(({ sample }, i) => sample === uncertain[reviewed.length + i]?.sample)
  if (!isAnswer) throw strangers(made.map(({ sample }) => sample))
  return { reviewed: made.map(({ sample, verdict, rule, reason }) => ({ sample, verdict, rule, reason })) }
}

function strangers(samples: readonly Digest[]): TributaryError {
  return new TributaryError('Samples were judged that were not asked about.', {
    code: 'agents/option',
    facts: { about: 'doubtful samples', samples: samples.slice(0, 5) },
    tryThis: 'nothing was done by it; this is a defect of the tool judge_doubts: report it with this message',
  })
}

function summed({ plan, batches, duplicates, reviewed, reviewedDigest }: State): CurationSummary {
  const made = { batches, duplicates, reviewed: { decisions: reviewed, digest: reviewedDigest } }
  return summarise(plan.samples, made)
}

const short = { timeout: '10 m', heartbeat: '30 s', retry: { attempts: 15, firstPause: '500 ms' } } as const

/** As many as a model is asked about before its answers are kept in the workflow. */
const doubtsAtOnce = 20

/**
 * survey -> check, batch by batch -> (judge, batch by batch, or review) -> cluster -> (record) -> summarise. Duplicates come after all that
 * is decided about single samples, so neither a model nor a person can let one in.
 */
export const curatorGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('survey', inActivity)
      .addNode('cluster', inActivity)
      .addNode('check', inActivity)
      .addNode('judge', inActivity)
      .addNode('review', review)
      .addNode('record', inActivity)
      .addNode('summarise', (state: State) => ({ summary: summed(state) }))
      .addEdge(START, 'survey')
      .addConditionalEdges('survey', afterBatch, ['check', 'judge', 'review', 'cluster'])
      .addConditionalEdges('check', afterBatch, ['check', 'judge', 'review', 'cluster'])
      .addConditionalEdges('judge', afterBatch, ['judge', 'cluster'])
      .addEdge('review', 'cluster')
      .addConditionalEdges('cluster', (state) => (refused(state).length > 0 ? 'record' : 'summarise'), [
        'record',
        'summarise',
      ])
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
        pick: (state: State) => {
          const { datanet, curation, reviewed } = state
          const accepted = reviewed.filter(({ verdict }) => verdict === 'accept')
          const except = refused(state).map(({ sample }) => sample)
          return { datanet, curation, except, ...(accepted.length > 0 && { reviewed: accepted }) }
        },
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
      judge: {
        as: 'activity',
        activity: judgeDoubts.name,
        ...short,
        timeout: '30 m',
        pick: ({ datanet, uncertain, reviewed }: State) => ({
          datanet,
          samples: uncertain.slice(reviewed.length, reviewed.length + doubtsAtOnce),
        }),
        put: judged,
      },
      review: { as: 'workflow' },
      record: {
        as: 'activity',
        activity: recordDecisions.name,
        ...short,
        pick: (state: State) => ({ datanet: state.datanet, curation: state.curation, decisions: refused(state) }),
        put: (output) => ({ reviewedDigest: recordDecisions.output.parse(output).decisions }),
      },
      summarise: { as: 'workflow' },
    },
  },
)
