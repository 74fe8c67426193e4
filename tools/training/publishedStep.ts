import { TributaryError, type Digest } from '../../kernel/index.ts'
import { chooseStep, readState, stateFile, type Run } from '../../models/index.ts'
import { listCheckpoints } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** The checkpoint that the recipe publishes, from what the last state remembers of all looks. Throws tools/run-not-trained. */
export async function publishedStep(
  { store }: Pick<ToolContext, 'store'>,
  id: Digest,
  opened: Run,
): Promise<{ step: number; stepsTrained: number; stateDigest: Digest }> {
  const checkpoints = await listCheckpoints(store, { run: id })
  const last = checkpoints.at(-1)
  if (!last) throw notTrained(id, 0)
  const { validation } = await readState(stateFile(opened, last.step), { run: opened.digest, expected: last.state })
  const { best, stop } = chooseStep(validation, opened.plan.recipe.validation, last.step)
  if (last.step < opened.steps && !stop) throw notTrained(id, last.step)
  const chosen = checkpoints.find(({ step }) => step === best) ?? last
  return { step: chosen.step, stepsTrained: last.step, stateDigest: chosen.state }
}

function notTrained(run: Digest, steps: number): TributaryError {
  return new TributaryError('This run is not trained to its end.', {
    code: 'tools/run-not-trained',
    facts: { run, steps },
    tryThis: 'train its blocks first; train_adapter does all of it',
  })
}
