import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import type { z } from 'zod'
import type { Digest } from '../../kernel/index.ts'
import {
  audit,
  drawAudits,
  epochReport,
  fileFinding,
  openDispute,
  type agents,
  type AgentDecision,
  type decide,
} from '../../tools/definitions.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import { decided, decideNode } from '../decideNode.ts'

type Audited = {
  receipt: Digest
  verdict: 'PASS' | 'FAIL' | 'NOT_REPRODUCIBLE'
  check: string
  detail: string
  culprit: string | null
}
type Finding = z.input<typeof agents.auditor.output>['findings'][number]

const all = <Item>() => Annotation<Item[]>({ reducer: (all, more) => all.concat(more), default: () => [] })
const State = Annotation.Root({
  asked: Annotation<number | undefined>,
  count: Annotation<number>,
  disputes: Annotation<number>,
  epoch: Annotation<number>,
  root: Annotation<Digest>,
  receipts: Annotation<Digest[]>,
  audited: all<Audited>(),
  decisions: all<AgentDecision>(),
  findings: all<Finding>(),
})
type State = typeof State.State

const last = ({ audited }: State) => audited.at(-1)!
const foundOf = ({ epoch }: State, { receipt, check, detail, culprit }: Audited) => ({ epoch, receipt, check, detail, culprit }) // prettier-ignore

function afterAudit(state: State): 'audit' | 'decide' | typeof END {
  return last(state).verdict === 'FAIL' ? 'decide' : next(state)
}
function next({ audited, receipts }: State): 'audit' | typeof END {
  return audited.length < receipts.length ? 'audit' : END
}

/** A dispute binds money, so it is an option only while the operator's number of them is not used up. */
function askWhat(state: State): z.input<typeof decide.input> {
  const { check, culprit } = last(state)
  const used = state.findings.filter(({ action }) => action === 'disputed').length
  const file = { option: 'file', what: 'note it for the operator' }
  return {
    question: 'What should be done about an answer that does not hold?',
    about: { check, culprit, disputesLeft: state.disputes - used },
    options: used < state.disputes ? [file, { option: 'dispute', what: 'dispute it on chain with a bond' }] : [file],
    policy:
      used < state.disputes
        ? { id: 'auditor/dispute-what-fails/1', option: 'dispute', why: 'the operator allows so many disputes' }
        : { id: 'auditor/file-what-fails/1', option: 'file', why: 'no dispute is left that the operator allows' },
  }
}

function audited(output: unknown): { audited: Audited[] } {
  const { receipt, verdict, checks } = audit.output.parse(output)
  const first = checks.find(({ pass }) => !pass)
  const { check = '', detail = '', culprit = null } = first ?? {}
  return { audited: [{ receipt, verdict, check, detail: detail.slice(0, 2_000), culprit }] }
}

const short = { timeout: '10 m', heartbeat: '30 s', retry: { attempts: 15, firstPause: '500 ms' } } as const

/** survey -> draw -> audit, one by one -> (decide -> file or dispute). */
export const auditorGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('survey', inActivity)
      .addNode('draw', inActivity)
      .addNode('audit', inActivity)
      .addNode('decide', inActivity)
      .addNode('file', inActivity)
      .addNode('dispute', inActivity)
      .addEdge(START, 'survey')
      .addEdge('survey', 'draw')
      .addConditionalEdges('draw', next, ['audit', END])
      .addConditionalEdges('audit', afterAudit, ['audit', 'decide', END])
      .addConditionalEdges('decide', (state) => (decided(state, 'finding') === 'dispute' ? 'dispute' : 'file'), [
        'file',
        'dispute',
      ])
      .addConditionalEdges('file', next, ['audit', END])
      .addConditionalEdges('dispute', next, ['audit', END]),
  {
    name: 'auditor',
    recursionLimit: 10_000,
    nodes: {
      survey: {
        as: 'activity',
        activity: epochReport.name,
        ...short,
        pick: ({ asked }: State) => (asked === undefined ? {} : { epoch: asked }),
        put: (output) => {
          const { epoch, root } = epochReport.output.parse(output)
          return { epoch, root }
        },
      },
      draw: {
        as: 'activity',
        activity: drawAudits.name,
        ...short,
        pick: ({ epoch, count }: State) => ({ epoch, count }),
        put: (output) => ({ receipts: drawAudits.output.parse(output).receipts }),
      },
      audit: {
        as: 'activity',
        activity: audit.name,
        ...short,
        timeout: '2 h',
        pick: ({ receipts, audited }: State) => ({ receipt: receipts[audited.length] }),
        put: audited,
      },
      decide: decideNode<State>('finding', askWhat),
      file: {
        as: 'activity',
        activity: fileFinding.name,
        ...short,
        pick: (state: State) => foundOf(state, last(state)),
        put: (output, state: State) => {
          const { receipt, check, culprit } = last(state)
          const { finding } = fileFinding.output.parse(output)
          return { findings: [{ receipt, check, culprit, action: 'filed', finding, transaction: null }] }
        },
      },
      dispute: {
        as: 'activity',
        activity: openDispute.name,
        ...short,
        pick: (state: State) => {
          const { receipt, check, detail, culprit } = last(state)
          return { receipt, reason: [check, detail, culprit].filter(Boolean).join('\n') }
        },
        put: (output, state: State) => {
          const { receipt, check, culprit } = last(state)
          const { transaction } = openDispute.output.pick({ transaction: true }).parse(output)
          return { findings: [{ receipt, check, culprit, action: 'disputed', finding: null, transaction }] }
        },
      },
    },
  },
)
