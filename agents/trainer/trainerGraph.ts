import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import { executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow'
import type { z } from 'zod'
import { digestString, type Digest } from '../../kernel/index.ts'
import { previewTraining, registerAdapter, type AgentDecision, type trainerInput } from '../../tools/definitions.ts'
import { durableGraph, inActivity } from '../../workflows/graph/index.ts'
import { decided, decideNode } from '../decideNode.ts'
import { askPublish, askWhich, fitting, planOf, type Plan } from './choices.ts'

type Trained = {
  run: Digest
  adapter: Digest
  heldOutLossBeforeMicroNats: number
  heldOutLossAfterMicroNats: number
}

const State = Annotation.Root({
  wish: Annotation<z.output<typeof trainerInput>>,
  plans: Annotation<Plan[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  decisions: Annotation<AgentDecision[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  trained: Annotation<Trained>,
  alias: Annotation<string>,
})
type State = typeof State.State

const recipeAt = ({ wish, plans }: State) => wish.recipes[plans.length]!
const gainOf = ({ trained }: State) => trained.heldOutLossBeforeMicroNats - trained.heldOutLossAfterMicroNats

function afterPreview(state: State): 'preview' | 'choose' | typeof END {
  if (state.plans.length < state.wish.recipes.length) return 'preview'
  return fitting(state.plans).length > 0 ? 'choose' : END
}

/** The training is the workflow that a person starts by `tributary train`, under this run; only publishing is left to us. */
async function train(state: State): Promise<{ trained: Trained }> {
  const plan = fitting(state.plans).find(({ recipe }) => recipe === decided(state, 'recipe'))
  const { run, adapter, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } = (await executeChild('fineTune', {
    workflowId: `${workflowInfo().workflowId}/train`,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    args: [plan?.request, { publish: false }],
  })) as Record<keyof Trained, never>
  const [madeBy, made] = [digestString.parse(run), digestString.parse(adapter)]
  return { trained: { run: madeBy, adapter: made, heldOutLossBeforeMicroNats, heldOutLossAfterMicroNats } }
}

const retry = { attempts: 15, firstPause: '500 ms' } as const

/** preview, recipe by recipe -> choose -> train -> judge -> publish, or nothing. */
export const trainerGraph = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('preview', inActivity)
      .addNode('choose', inActivity)
      .addNode('train', train)
      .addNode('judge', inActivity)
      .addNode('publish', inActivity)
      .addEdge(START, 'preview')
      .addConditionalEdges('preview', afterPreview, ['preview', 'choose', END])
      .addEdge('choose', 'train')
      .addEdge('train', 'judge')
      .addConditionalEdges('judge', (state) => (decided(state, 'publish') === 'publish' ? 'publish' : END), [
        'publish',
        END,
      ])
      .addEdge('publish', END),
  {
    name: 'trainer',
    nodes: {
      preview: {
        as: 'activity',
        activity: previewTraining.name,
        timeout: '30 m',
        heartbeat: '30 s',
        retry,
        pick: (state: State) => {
          const { recipes: _, minimumGainMicroNats: __, approved: ___, ...wish } = state.wish
          return { ...wish, recipe: recipeAt(state) }
        },
        put: (output, state: State) => ({
          plans: [planOf(recipeAt(state), previewTraining.output.parse(output), state.wish)],
        }),
        // What cannot even be planned is no reason to leave the others out.
        rescue: ({ code, message }, state: State) =>
          /^(tools|models|datanets)\//.test(code)
            ? {
                plans: [
                  {
                    recipe: recipeAt(state),
                    seconds: null,
                    problem: `${message} (${code})`,
                    request: null,
                    samples: 0,
                    payees: 0,
                  },
                ],
              }
            : undefined,
      },
      choose: decideNode<State>('recipe', ({ plans, wish }) => askWhich(plans, wish.budgetMs)),
      train: { as: 'workflow' },
      judge: decideNode<State>('publish', (state) => askPublish(gainOf(state), state.wish.minimumGainMicroNats)),
      publish: {
        as: 'activity',
        activity: registerAdapter.name,
        timeout: '10 m',
        heartbeat: '30 s',
        retry,
        pick: ({ trained }: State) => ({ run: trained.run }),
        put: (output) => ({ alias: registerAdapter.output.parse(output).alias }),
      },
    },
  },
)
