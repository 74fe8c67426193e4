import { Annotation, Command, END, START, StateGraph } from '@langchain/langgraph/web'
import type { z } from 'zod'
import { toWeiString, type Digest, type TributaryError, type WeiString } from '../../kernel/index.ts'
import type { AgentDecision } from '../../tools/definitions.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import { decided, decideNode } from '../decideNode.ts'
import { askModel } from './askModel.ts'
import { decidePurchase } from './decidePurchase.ts'
import { askPort, cataloguePort, judgePort, quotePort } from './ports.ts'

export type Question = { prompt: string; sample?: Digest | undefined }

/** One bought answer. Its text stays in the store, under the receipt. */
export type Bought = {
  question: number
  sample?: Digest | undefined
  receipt: Digest
  feeWei: WeiString
  promptTokens: number
  completionTokens: number
  latencyMs: number
  transaction: string
}
/** What the buyer thought of an answer, by its receipt. */
export type Judged = { receipt: Digest; useful: boolean; by: 'model' | 'policy'; reason: string }
export type NotBought = { question: number; reason: string }

const catalogueOutput = cataloguePort.output.pick({ models: true })

const State = Annotation.Root({
  /** Empty: one of the catalogue is chosen first. */
  model: Annotation<string>,
  catalogue: Annotation<z.output<typeof catalogueOutput>['models']>,
  decisions: Annotation<AgentDecision[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  /** Whether answers are judged; not in runs that began before they could be. */
  isJudged: Annotation<boolean>({ reducer: (_, next) => next, default: () => false }),
  judged: Annotation<Judged[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  questions: Annotation<Question[]>,
  budgetWei: Annotation<WeiString>,
  /** Whether the store holds this run to its budget as well; not in runs that began before it could. */
  isHeld: Annotation<boolean>({ reducer: (_, next) => next, default: () => false }),
  capWei: Annotation<WeiString>,
  minimum: Annotation<number>,
  maxTokens: Annotation<number>,
  seed: Annotation<number>,
  /** Index of the question at hand. */
  at: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  quotedWei: Annotation<WeiString>,
  spentWei: Annotation<WeiString>({ reducer: (_, next) => next, default: () => toWeiString(0n) }),
  bought: Annotation<Bought[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  notBought: Annotation<NotBought[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
})
type State = typeof State.State

function chatOf({ model, questions, at, maxTokens, seed }: State) {
  return { model, messages: [{ role: 'user', content: questions[at]!.prompt }], max_tokens: maxTokens, seed }
}

/** Pure: buy, pass over this question, or pass over all that are left. */
function decide(state: State): Command {
  const { at, questions } = state
  const purchase = decidePurchase({
    feeWei: BigInt(state.quotedWei),
    budgetWei: BigInt(state.budgetWei),
    spentWei: BigInt(state.spentWei),
    capWei: BigInt(state.capWei),
    bought: state.bought.length,
    minimum: state.minimum,
  })
  if (purchase.action === 'buy') return new Command({ goto: 'ask' })
  const next = purchase.action === 'skip' ? at + 1 : questions.length
  const notBought = questions.slice(at, next).map((_, i) => ({ question: at + i, reason: purchase.reason }))
  return new Command({ goto: 'next', update: { notBought, at: next } })
}

// What is relied on alone, so that histories of before an output grew still replay.
const quotedOutput = quotePort.output.pick({ feeWei: true })
const boughtOutput = askPort.output.omit({ text: true })

/** Notes the receipt, and counts what was really charged. */
function boughtWith(output: unknown, { at, questions, spentWei }: State) {
  const answer = boughtOutput.parse(output)
  return {
    bought: [{ question: at, sample: questions[at]?.sample, ...answer }],
    spentWei: toWeiString(BigInt(spentWei) + BigInt(answer.feeWei)),
    at: at + 1,
  }
}

/** A limit that other runs use too was reached: this question is passed over, or all that are left. */
function overBudget({ code, message }: TributaryError, { at, questions }: State) {
  if (!code.startsWith('budget/')) return undefined
  const next = code === 'budget/per-payment' ? at + 1 : questions.length
  const reason = `${message} (${code})`
  return { notBought: questions.slice(at, next).map((_, i) => ({ question: at + i, reason })), at: next }
}

const retry = { attempts: 15, firstPause: '500 ms' } as const

/** (survey -> choose ->) quote -> decide -> ask (-> judge) -> next question, until there is none or the budget is used. */
export const buyerGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('survey', inActivity)
      .addNode('choose', inActivity)
      .addNode('adopt', (state: State) => ({ model: decided(state, 'model') }))
      .addNode('quote', inActivity)
      .addNode('decide', decide, { ends: ['ask', 'next'] })
      .addNode('ask', inActivity)
      .addNode('judge', inActivity)
      .addNode('next', () => ({}))
      .addConditionalEdges(START, (state) => (state.model === '' ? 'survey' : moreOrEnd(state)), [
        'survey',
        'quote',
        END,
      ])
      .addConditionalEdges('survey', afterSurvey, ['choose', 'next'])
      .addEdge('choose', 'adopt')
      .addConditionalEdges('adopt', moreOrEnd, ['quote', END])
      .addEdge('quote', 'decide')
      .addConditionalEdges('ask', afterAsk, ['judge', 'next'])
      .addEdge('judge', 'next')
      .addConditionalEdges('next', moreOrEnd, ['quote', END]),
  {
    name: 'buyer',
    recursionLimit: 10_000,
    nodes: {
      survey: {
        as: 'activity',
        activity: cataloguePort.name,
        timeout: '1 m',
        retry,
        pick: () => ({}),
        put: surveyed,
      },
      choose: decideNode<State>('model', ({ catalogue }) => askModel(catalogue)),
      adopt: { as: 'workflow' },
      quote: {
        as: 'activity',
        activity: quotePort.name,
        timeout: '1 m',
        retry,
        pick: chatOf,
        put: (output) => ({ quotedWei: quotedOutput.parse(output).feeWei }),
      },
      decide: { as: 'workflow' },
      ask: {
        as: 'activity',
        activity: askPort.name,
        timeout: '10 m',
        heartbeat: '30 s',
        retry,
        // It may cost what was quoted and no more, whatever the price is by now.
        pick: (state: State) => ({
          ...chatOf(state),
          maxFeeWei: state.quotedWei,
          ...(state.isHeld ? { runBudgetWei: state.budgetWei } : {}),
        }),
        put: boughtWith,
        rescue: overBudget,
      },
      judge: {
        as: 'activity',
        activity: judgePort.name,
        timeout: '3 m',
        heartbeat: '30 s',
        retry,
        pick: ({ bought }: State) => ({ receipt: bought.at(-1)!.receipt }),
        put: (output, { bought }: State) => {
          const { option, by, reason } = judgePort.output.parse(output)
          return { judged: [{ receipt: bought.at(-1)!.receipt, useful: option === 'useful', by, reason }] }
        },
      },
      next: { as: 'workflow' },
    },
  },
)

/** An empty catalogue: nothing can be bought, and each question says so. */
function surveyed(output: unknown, { questions }: State) {
  const { models } = catalogueOutput.parse(output)
  if (models.length > 0) return { catalogue: models }
  const reason = 'no model is on sale'
  return { catalogue: models, notBought: questions.map((_, question) => ({ question, reason })), at: questions.length }
}

function afterSurvey({ catalogue }: State): 'choose' | 'next' {
  return catalogue.length > 0 ? 'choose' : 'next'
}

/** What the budget refused was not bought, and is not judged. */
function afterAsk({ isJudged, bought, at }: State): 'judge' | 'next' {
  return isJudged && bought.at(-1)?.question === at - 1 ? 'judge' : 'next'
}

function moreOrEnd({ at, questions }: State): 'quote' | typeof END {
  return at < questions.length ? 'quote' : END
}
