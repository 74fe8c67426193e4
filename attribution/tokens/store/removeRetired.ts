import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile, type OnStep } from './IndexFiles.ts'
import { currentManifest } from './manifest.ts'
import { shardPath } from './shardFile.ts'
import { commitManifest } from './commitManifest.ts'

/**
 * Removes the files of shards that a merge or takedown replaced, then forgets them: bytes that were taken down are gone
 * even if the process that replaced them was killed before it got here. What writers that were killed left behind goes too,
 * once it is an hour old: before, it may be another writer's that has not committed yet.
 */
export async function removeRetired(dir: string, onStep?: OnStep): Promise<void> {
  const { manifest } = await currentManifest(dir)
  const used = new Set([...manifest.shards, ...(manifest.dead ? [manifest.dead] : [])].map(({ root }) => root))
  const gone = manifest.retired.filter((root) => !used.has(root))
  for (const root of gone) await removeFile(shardPath(dir, root), onStep)
  if (manifest.retired.length > 0) {
    const forgotten = new Set(manifest.retired)
    await commitManifest(
      dir,
      (now) => ({ ...now, retired: now.retired.filter((root) => !forgotten.has(root)) }),
      onStep,
    )
  }
  for (const name of await readdir(dir)) {
    const isUsed = [...used].some((root) => name === `${root.slice(2)}.shard`)
    if (isUsed || !/\.(shard|draft)$/.test(name)) continue
    const age = Date.now() - ((await stat(join(dir, name)).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > 3_600_000) await removeFile(join(dir, name), onStep)
  }
}
