import type { Digest, Sample } from '../../kernel/index.ts'
import { listContributions, withLease } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { indexLease } from './indexFolder.ts'
import { startMerge } from './startMerge.ts'
import { alphabetsOf, syncIndex, type SyncedIndex } from './syncIndex.ts'

/**
 * Brings all indexes of a Datanet to these samples, one process at a time, and starts the merge in the background where shards
 * were added or samples taken down. Throws what syncIndex throws.
 */
export async function syncDatanet(
  ctx: ToolContext,
  { datanet, samples }: { datanet: string; samples: readonly Sample[] },
): Promise<SyncedIndex[]> {
  const { store, call } = ctx
  const earlier: Digest[] = (await listContributions(store, { datanet })).map(({ sample }) => sample)
  const alphabets = alphabetsOf(ctx)
  const synced = await withLease(store, { key: indexLease(datanet) }, async () => {
    const done: SyncedIndex[] = []
    for (const [i, alphabet] of alphabets.entries()) {
      call.heartbeat?.({
        step: `index over ${alphabet}`,
        done: i,
        of: alphabets.length,
        note: `${samples.length} samples`,
      })
      done.push(await syncIndex(ctx, { datanet, alphabet, samples, earlier }))
    }
    return done
  })
  const grew = synced.some(({ added, takenDown, documents }) => takenDown > 0 || (added > 0 && added < documents))
  if (grew) await startMerge(ctx, datanet, synced)
  return synced
}
