import { findError } from '../../../kernel/index.ts'
import { currentManifest, type Committed } from './manifest.ts'

/** Does something with the shards of the newest manifest, and again where a merge removed one of them meanwhile. */
export async function whileSteady<Result>(
  dir: string,
  work: (committed: Committed) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const committed = await currentManifest(dir)
    try {
      return await work(committed)
    } catch (error) {
      const gone = findError(error)?.code === 'attribution/shard-missing'
      if (!gone || (await currentManifest(dir)).number === committed.number) throw error
    }
  }
}
