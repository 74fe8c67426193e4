import { join } from 'node:path'
import { canonicalBytes } from '../../../kernel/index.ts'
import { removeFile, writeWhole, type OnStep } from './IndexFiles.ts'
import { manifestName, rootOf, type IndexManifest } from './manifest.ts'
import { whileSteady } from './whileSteady.ts'

/** Old manifests that stay: a number that were free again could be claimed by a writer who read what came before it. */
const kept = 64

/**
 * Makes a change the newest manifest: the next number is claimed by a link, which only one of two writers gets; the other
 * one's `change` is asked again, of the newer manifest. A process that is killed leaves the old or the new one.
 */
export async function commitManifest(
  dir: string,
  change: (manifest: IndexManifest) => Promise<IndexManifest> | IndexManifest,
  onStep?: OnStep,
): Promise<IndexManifest> {
  for (;;) {
    const { manifest, number, next } = await whileSteady(dir, async (now) => ({
      ...now,
      next: await change(now.manifest),
    }))
    if (rootOf(next) === rootOf(manifest) && next.retired.length === manifest.retired.length) return manifest
    const path = join(dir, manifestName(number + 1))
    if (!(await writeWhole(path, [canonicalBytes(next)], { exclusive: true, onStep }))) continue
    await removeFile(join(dir, manifestName(Math.max(0, number - kept))), onStep)
    return next
  }
}
