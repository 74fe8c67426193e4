import { TributaryError, type Digest, type TrainingPath } from '../../kernel/index.ts'
import { openPath, type Run } from '../../models/index.ts'
import type { AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { openRunOf } from '../training/openRunOf.ts'

/**
 * The run of an adapter with the path that its training left, from the blobs, checked against its digest.
 * Throws tools/not-replayable where none was kept, blobs/*, and as openRun and openPath.
 */
export async function openPathOf(
  ctx: ToolContext,
  { digest, run: id, files }: Pick<AdapterWithFiles, 'digest' | 'run' | 'files'>,
): Promise<{ run: Run; path: TrainingPath; close: () => Promise<void> }> {
  const blob = files['path']
  if (blob === undefined) {
    throw new TributaryError('The path of this adapter’s training was not kept, so its run cannot be unrolled.', {
      code: 'tools/not-replayable',
      facts: { adapter: digest, run: id, missing: 'path' },
      tryThis:
        'train it again by this version, which keeps the path; until then the Hessian-free scores are what there is',
    })
  }
  const { run } = await openRunOf(ctx, id as Digest)
  const path = await openPath(run, await ctx.blobs.verifiedPath(blob))
  return { run, path, close: () => path.close() }
}
