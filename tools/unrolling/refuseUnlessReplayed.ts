import { finalTheta } from '../../attribution/index.ts'
import { TributaryError, type TrainingPath } from '../../kernel/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readAdapter } from '../ensureAdapter.ts'

/**
 * A path counts only if it leads to the adapter, to the bit. Cost: one optimiser step for each of the run's, no gradient.
 * Throws tools/not-replayable.
 */
export async function refuseUnlessReplayed(
  ctx: Pick<ToolContext, 'home' | 'engine'>,
  { digest, run }: Pick<AdapterWithFiles, 'digest' | 'run'>,
  path: TrainingPath,
): Promise<void> {
  const { theta } = await readAdapter(ctx, digest)
  const replayed = await finalTheta(path)
  const at = replayed.findIndex((x, p) => x !== theta[p])
  if (at < 0 && replayed.length === theta.length) return
  throw new TributaryError('The recorded path of this run does not lead to its adapter.', {
    code: 'tools/not-replayable',
    facts: { adapter: digest, run, steps: path.steps, parameter: at },
    tryThis:
      'restore the path from a backup, or train the run again: its plan gives the same bytes on the same class of machine',
  })
}
