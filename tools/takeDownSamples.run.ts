import { takeDown } from '../attribution/index.ts'
import type { Digest } from '../kernel/index.ts'
import { eraseSamples, listDatanets, withLease } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import type { Run } from './runTool.ts'
import type { takeDownSamples } from './takeDownSamples.ts'
import { alphabets, indexFolder, indexLease, manifestOf } from './verbatim/indexFolder.ts'
import { startMerge } from './verbatim/startMerge.ts'

export const run: Run<typeof takeDownSamples> = async ({ samples }, ctx) => {
  const { store, now } = ctx
  // Out of the store first: what is not there cannot come into an index meanwhile.
  const erased = await eraseSamples(store, { ids: samples, atMs: now() })
  const indexes = []
  for (const { id: datanet } of await listDatanets(store, {})) {
    const taken = await withLease(store, { key: indexLease(datanet) }, () => takeOut(ctx, datanet, samples))
    if (taken === undefined) continue
    indexes.push({ datanet, takenDown: taken.takenDown, merge: await startMerge(ctx, datanet, taken.roots) })
  }
  return { erased, indexes }
}

/** How many of the samples the indexes of a Datanet held, and what their roots are now; undefined where they held none. */
async function takeOut(ctx: ToolContext, datanet: string, samples: readonly Digest[]) {
  const roots: { root: Digest }[] = []
  let takenDown = 0
  for (const alphabet of alphabets) {
    if (manifestOf(ctx, datanet, alphabet) === undefined) continue
    const dir = indexFolder(ctx, datanet, alphabet)
    const { root, taken } = await takeDown({ dir, samples })
    roots.push({ root })
    takenDown = Math.max(takenDown, taken)
  }
  return takenDown === 0 ? undefined : { takenDown, roots }
}
