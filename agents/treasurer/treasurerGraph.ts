import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import type { z } from 'zod'
import { closeEpoch, epochReport, reconcileBudget, status, type AgentDecision } from '../../tools/definitions.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import { decided, decideNode } from '../decideNode.ts'

const State = Annotation.Root({
  minimumReceipts: Annotation<number>,
  openPayments: Annotation<number>,
  epoch: Annotation<number>,
  /** Answers that the open epoch would take. */
  waiting: Annotation<number>,
  decisions: Annotation<AgentDecision[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  closed: Annotation<z.output<typeof closeEpoch.output>>,
  payees: Annotation<number>,
})
type State = typeof State.State

/** A model may let an epoch wait; it can close none that the operator's bound leaves open. */
export function askClose({ epoch, waiting, minimumReceipts }: Pick<State, 'epoch' | 'waiting' | 'minimumReceipts'>) {
  const isEnough = waiting >= minimumReceipts
  const wait = { option: 'wait', what: 'leave the epoch open' }
  return {
    question: 'Should the open epoch be closed, so that everybody is paid?',
    about: { epoch, waiting, minimumReceipts },
    options: isEnough ? [{ option: 'close', what: 'freeze, split, post, pay' }, wait] : [wait],
    policy: {
      id: 'treasurer/enough-answers/1',
      option: isEnough ? 'close' : 'wait',
      why: `${waiting} answers wait for epoch ${epoch}, and ${minimumReceipts} are enough`,
    },
  }
}

const short = { timeout: '10 m', heartbeat: '30 s', retry: { attempts: 15, firstPause: '500 ms' } } as const

/** reconcile -> look -> decide -> close -> report. */
export const treasurerGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('reconcile', inActivity)
      .addNode('look', inActivity)
      .addNode('decide', inActivity)
      .addNode('close', inActivity)
      .addNode('report', inActivity)
      .addEdge(START, 'reconcile')
      .addEdge('reconcile', 'look')
      .addEdge('look', 'decide')
      .addConditionalEdges('decide', (state) => (decided(state, 'close') === 'close' ? 'close' : END), ['close', END])
      .addEdge('close', 'report')
      .addEdge('report', END),
  {
    name: 'treasurer',
    nodes: {
      reconcile: {
        as: 'activity',
        activity: reconcileBudget.name,
        ...short,
        pick: () => ({}),
        put: (output) => ({ openPayments: reconcileBudget.output.parse(output).open }),
      },
      look: {
        as: 'activity',
        activity: status.name,
        ...short,
        pick: () => ({}),
        put: (output) => {
          const { epoch, waiting } = status.output.parse(output)
          return { epoch, waiting }
        },
      },
      decide: decideNode<State>('close', askClose),
      // It starts settle/<epoch>, or waits for it where somebody else did: an epoch is closed once. Each restart of the home while it
      // waits is an attempt, so there are more of them than a home is ever restarted within a day.
      close: {
        as: 'activity',
        activity: closeEpoch.name,
        ...short,
        timeout: '24 h',
        retry: { attempts: 1_000, firstPause: '500 ms' },
        pick: () => ({}),
        put: (output) => ({ closed: closeEpoch.output.parse(output) }),
      },
      report: {
        as: 'activity',
        activity: epochReport.name,
        ...short,
        pick: ({ closed }: State) => ({ epoch: closed.epoch }),
        put: (output) => ({ payees: epochReport.output.parse(output).concentration.payees.count }),
      },
    },
  },
)
