import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow'
import { TributaryError } from '../../kernel/index.ts'
import {
  fillTemplate,
  holds,
  type CallStep,
  type RecipeStep,
  type Scope,
  type WaitStep,
} from '../../recipes/running/index.ts'
import { allOrCancel } from './allOrCancel.ts'
import { callStep } from './callStep.ts'
import type { StepStates } from './stepStates.ts'
import type { Undoing } from './undoing.ts'

export type Running = {
  recipe: string
  scope: Scope & { steps: Record<string, unknown> }
  states: StepStates
  undo: Undoing
}

const mostItems = 1_000

/** All steps in their order, those of a parallel step side by side. Outputs are put into the scope as they come. */
export async function runSteps(steps: readonly RecipeStep[], running: Running): Promise<void> {
  for (const step of steps) {
    if ('parallel' in step) await allOrCancel(step.parallel.map((one) => () => runStep(one, running)))
    else await runStep(step, running)
  }
}

/** One step, unless its condition does not hold or a step that it refers to was skipped. */
async function runStep(step: CallStep | WaitStep, running: Running): Promise<void> {
  const { scope, states } = running
  const isCutOff = step.needs.some((id) => states.of(id) === 'skipped')
  if (isCutOff || (step.when !== undefined && !holds(step.when, scope))) return states.set(step.id, 'skipped')
  states.set(step.id, 'running')
  try {
    if ('waitMs' in step) await sleep(step.waitMs)
    else if (step.foreach === undefined) scope.steps[step.id] = await callOnce(step, step.id, scope, running)
    else scope.steps[step.id] = await callForEach(step, step.foreach, running)
    states.set(step.id, 'done')
  } catch (failure) {
    states.set(step.id, 'failed')
    throw failure
  }
}

async function callOnce(step: CallStep, name: string, scope: Scope, { recipe, undo }: Running): Promise<unknown> {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was stopped.')
  const inputOf = ({ with: given }: CallStep['call']) => fillTemplate(given, scope) as Record<string, unknown>
  if (step.undo !== undefined) undo.register({ id: step.id, step: name, call: step.undo, input: inputOf(step.undo) })
  return callStep(step.call, { recipe, step: name, timeoutMs: step.timeoutMs }, inputOf(step.call))
}

async function callForEach(
  step: CallStep,
  { list, width }: NonNullable<CallStep['foreach']>,
  running: Running,
): Promise<unknown[]> {
  const items = fillTemplate(list, running.scope) ?? []
  if (!Array.isArray(items) || items.length > mostItems) throw badList(step.id, items)
  const outputs: unknown[] = []
  const queue = items.entries()
  const one = async () => {
    for (const [i, item] of queue)
      outputs[i] = await callOnce(step, `${step.id}[${i}]`, { ...running.scope, item: item as unknown }, running)
  }
  await allOrCancel(Array.from({ length: width }, () => one))
  return outputs
}

function badList(step: string, items: unknown): TributaryError {
  const found = Array.isArray(items) ? `${items.length} items` : 'no list'
  return new TributaryError(`The step ${step} is for each item of a list, and was given ${found}.`, {
    code: 'recipe/items',
    facts: { step, found, most: mostItems },
    tryThis: 'give it a shorter list, such as a sample of it',
  })
}
