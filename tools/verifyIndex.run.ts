import { openIndex, verifyIndex as verifyFolder } from '../attribution/index.ts'
import { getVersion, listSamples } from '../store/index.ts'
import type { Run } from './runTool.ts'
import { checkTexts, heldVersion } from './verbatim/heldVersion.ts'
import { alphabets, indexFolder, manifestOf } from './verbatim/indexFolder.ts'
import { rootsOnChain } from './verbatim/rootsOnChain.ts'
import type { verifyIndex } from './verifyIndex.ts'

export const run: Run<typeof verifyIndex> = async ({ datanet, deep }, ctx) => {
  const named = await rootsOnChain(ctx, await getVersion(ctx.store, { datanet }))
  const samples = deep ? await listSamples(ctx.store, { datanet }) : []
  const indexes = []
  for (const alphabet of alphabets) {
    if (manifestOf(ctx, datanet, alphabet) === undefined) continue
    const dir = indexFolder(ctx, datanet, alphabet)
    const { signal } = ctx.call
    const { root, shards, documents, symbols } = await verifyFolder({ dir, deep, ...(signal ? { signal } : {}) })
    const index = await openIndex({ dir })
    if (deep) checkTexts(ctx, index, samples)
    const held = index.contents().map(({ sample }) => sample)
    index.close()
    const version = await heldVersion(ctx, datanet, held)
    indexes.push({ alphabet, root, shards, documents, symbols, onChain: named.has(root), version })
  }
  return { datanet, indexes }
}
