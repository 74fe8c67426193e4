import { CancellationScope, isCancellation, rootCause, setHandler, workflowInfo } from '@temporalio/workflow'
import { digestOf, findError, TributaryError } from '../kernel/index.ts'
import { checkInput, fillTemplate, recipeRun, type RecipeEnded, type RecipeRun } from '../recipes/running/index.ts'
import { codedFailures } from './graph/index.ts'
import { recipeProgress } from './recipes/recipeProgress.ts'
import { runSteps, type Running } from './recipes/runSteps.ts'
import { stepStates } from './recipes/stepStates.ts'
import { undoing } from './recipes/undoing.ts'

/**
 * Runs any recipe. The checked document is its argument, so a run ends on the version on which it began, whatever becomes of the
 * recipe meanwhile. Steps run in their order; what takes a step back is registered before it begins, and when a step fails or the run
 * is cancelled, all that is registered runs, the last first, each once.
 *
 * Fails with the code of the step that failed, and with what was taken back among the facts; or recipe/document, recipe/input.
 */
// What is not coded is Temporal's own, or it would make the server try the workflow task for ever.
export const recipe = Object.defineProperty(codedFailures(run), 'name', { value: 'recipe' })

async function run(given: RecipeRun): Promise<RecipeEnded> {
  const { document, digest, input } = read(given)
  const { recipe: name } = document
  const states = stepStates(document)
  setHandler(recipeProgress, () => ({ recipe: name, digest, steps: states.list() }))
  const scope = { input: checkInput(document, input), steps: {}, run: { id: workflowInfo().workflowId } }
  const running: Running = { recipe: name, scope, states, undo: undoing(name) }
  try {
    await runSteps(document.steps, running)
    const output = fillTemplate(document.output, scope) as Record<string, unknown>
    return { recipe: name, digest, steps: states.list(), output }
  } catch (failure) {
    const step = states.list().find(({ state }) => state === 'failed')?.id ?? ''
    // The cancellation that may have brought us here must not cut this short.
    const done = await CancellationScope.nonCancellable(() => running.undo.run(states))
    throw isCancellation(failure) ? failure : failed(failure, { recipe: name, run: scope.run.id, step, ...done })
  }
}

function read(given: unknown): RecipeRun {
  const { success, data, error } = recipeRun.safeParse(given)
  if (success && digestOf(data.document) === data.digest) return data
  const issues = error?.issues.slice(0, 10).map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new TributaryError('What was to be run is no recipe that was checked.', {
    code: 'recipe/document',
    facts: { issues: issues ?? ['digest: is that of another document'] },
    tryThis: 'start recipes by tributary recipe run, which checks them first',
  })
}

function failed(
  failure: unknown,
  facts: { recipe: string; run: string; step: string; undone: string[]; notUndone: string[] },
) {
  const error = findError(failure)
  // Temporal's own words about an activity or a workflow under this one say only that it failed.
  const reason = error?.message ?? rootCause(failure) ?? String(failure)
  return new TributaryError(`A step of ${facts.recipe} failed. ${reason}`, {
    code: (error?.code as `recipe/${string}` | undefined) ?? 'recipe/step-failed',
    facts: { ...error?.facts, ...facts },
    tryThis:
      error?.tryThis ??
      `see how far it came by tributary trace ${facts.run}; what was not undone has to be taken back by hand`,
  })
}
