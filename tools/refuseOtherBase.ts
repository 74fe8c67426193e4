import { TributaryError } from '../kernel/index.ts'
import { upstreamRecipe } from '../models/index.ts'
import { listAdapters } from '../store/index.ts'
import type { ToolContext } from './context.ts'

/**
 * An adapter means something on the base that it was trained on, and nonsense on any other of the same shape: a home
 * whose adapters are of another base is not opened with this one. Throws tools/other-base.
 */
export async function refuseOtherBase({ store, engine }: Pick<ToolContext, 'store' | 'engine'>): Promise<void> {
  const { digest, name } = engine.base
  // What is resold was trained on no base of ours.
  const other = (await listAdapters(store, {})).find(({ base, recipe }) => base !== digest && recipe !== upstreamRecipe)
  if (!other) return
  throw new TributaryError('The adapters of this home were trained on another base model.', {
    code: 'tools/other-base',
    facts: { base: name, digest, trainedOn: other.base, adapter: other.digest },
    tryThis: `start with --base ${other.base.slice(0, 18)}, or give this base a home of its own: TRIBUTARY_HOME`,
  })
}
