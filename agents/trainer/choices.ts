import type { z } from 'zod'
import type { decide, previewTraining } from '../../tools/definitions.ts'

/** One way to train, as preview_training sees it, or why it cannot be. */
export type Plan = {
  recipe: string
  seconds: number | null
  problem: string | null
  request: z.output<typeof previewTraining.output>['request'] | null
  samples: number
  payees: number
}

export function planOf(
  recipe: string,
  preview: z.output<typeof previewTraining.output>,
  { budgetMs, approved }: { budgetMs: number; approved: boolean },
): Plan {
  const { time, problems, licence, cost, request, samples, payees } = preview
  const seconds = time.totalSeconds
  const problem =
    problems[0]?.what ??
    (!licence.allowed ? 'the licences of its samples do not allow it' : undefined) ??
    (cost.needsApproval && !approved ? 'gas on this chain was not approved' : undefined) ??
    (seconds * 1_000 > budgetMs ? `takes about ${seconds} s, and ${Math.floor(budgetMs / 1_000)} s may be used` : null)
  return { recipe, seconds, problem, request: problem === null ? request : null, samples, payees }
}

export const fitting = (plans: readonly Plan[]) => plans.filter(({ problem }) => problem === null)

/** Among the ways that fit, the policy takes the most thorough: they come in the order of their work. */
export function askWhich(plans: readonly Plan[], budgetMs: number): z.input<typeof decide.input> {
  const ways = fitting(plans)
  const most = ways.at(-1)!
  return {
    question: 'By which recipe should an adapter be trained on this Datanet?',
    about: {
      budgetSeconds: Math.floor(budgetMs / 1_000),
      plans: ways.map(({ recipe, seconds, samples, payees }) => ({ recipe, seconds, samples, payees })),
    },
    options: ways.map(({ recipe, seconds, samples }) => ({
      option: recipe,
      what: `about ${seconds} s on ${samples} samples`,
    })),
    policy: { id: 'trainer/most-thorough/1', option: most.recipe, why: 'the most thorough that fits the budget' },
  }
}

/** A model may hold an adapter back; it can publish none that falls short of what the operator asks for. */
export function askPublish(gainMicroNats: number, minimum: number): z.input<typeof decide.input> {
  const isEnough = gainMicroNats >= minimum
  const discard = { option: 'discard', what: 'keep it off the chain and off sale' }
  return {
    question: 'Should the adapter be published?',
    about: { gainMicroNats, minimumGainMicroNats: minimum },
    options: isEnough ? [{ option: 'publish', what: 'register it on chain and put it on sale' }, discard] : [discard],
    policy: {
      id: 'trainer/gain/1',
      option: isEnough ? 'publish' : 'discard',
      why: `the held-out loss fell by ${gainMicroNats} micro-nats, and ${minimum} were asked for`,
    },
  }
}
