import { mergeShards } from '../attribution/index.ts'
import { withLease } from '../store/index.ts'
import type { mergeIndex } from './mergeIndex.ts'
import type { Run } from './runTool.ts'
import { alphabets, indexFolder, indexLease, manifestOf } from './verbatim/indexFolder.ts'

export const run: Run<typeof mergeIndex> = async ({ datanet, memoryBytes }, ctx) => {
  const { call, store } = ctx
  const here = alphabets.filter((alphabet) => manifestOf(ctx, datanet, alphabet) !== undefined)
  const indexes = await withLease(store, { key: indexLease(datanet) }, async () => {
    const merged = []
    for (const [i, alphabet] of here.entries()) {
      call.heartbeat?.({ step: `merging over ${alphabet}`, done: i, of: here.length })
      const dir = indexFolder(ctx, datanet, alphabet)
      const { root, shards, erased } = await mergeShards({
        dir,
        memoryBytes,
        onProgress: ({ documents }) =>
          call.heartbeat?.({
            step: `merging over ${alphabet}`,
            done: i,
            of: here.length,
            note: `${documents} samples`,
          }),
        ...(call.signal ? { signal: call.signal } : {}),
      })
      merged.push({ alphabet, root, shards, erased })
    }
    return merged
  })
  return { datanet, indexes }
}
