import type { Digest } from '../../../kernel/index.ts'
import { inputOf } from '../gatherDocuments.ts'
import { makeShardInWorker } from '../makeShardInWorker.ts'
import type { TextDocument } from '../TokenIndex.ts'
import type { OnStep } from './IndexFiles.ts'
import { rootOf, type IndexManifest, type ShardEntry } from './manifest.ts'
import { loadShard, writeShard } from './shardFile.ts'
import { removeRetired } from './removeRetired.ts'
import { commitManifest } from './commitManifest.ts'

type TakeDownOptions = { dir: string; samples: Iterable<Digest>; onStep?: OnStep }
export type TakenDown = { root: Digest; taken: number; unknown: Digest[] }

/**
 * Takes samples out of every answer of the next open, at once. Their bytes stay in the shards until a merge.
 * What is down already, or was never there, is told as unknown. Cost: one read of all shards.
 */
export async function takeDown({ dir, samples, onStep }: TakeDownOptions): Promise<TakenDown> {
  const wanted = new Set(samples)
  let found = new Map<Digest, TextDocument>()
  let before = new Map<Digest, TextDocument>()
  const manifest = await commitManifest(
    dir,
    async (now) => {
      found = new Map((await documentsIn(dir, now.shards, (sample) => wanted.has(sample))).map((d) => [d.sample, d]))
      before = new Map((await documentsIn(dir, deadOf(now))).map((d) => [d.sample, d]))
      for (const sample of before.keys()) found.delete(sample)
      if (found.size === 0) return now
      return withDead(dir, now, [...before.values(), ...found.values()], onStep)
    },
    onStep,
  )
  await removeRetired(dir, onStep)
  return { root: rootOf(manifest), taken: found.size, unknown: [...wanted].filter((sample) => !found.has(sample)) }
}

export function deadOf({ dead }: IndexManifest): ShardEntry[] {
  return dead === null ? [] : [dead]
}

/** Documents of shards with their symbols, in order. */
export async function documentsIn(
  dir: string,
  entries: readonly ShardEntry[],
  isWanted: (sample: Digest) => boolean = () => true,
): Promise<TextDocument[]> {
  const found: TextDocument[] = []
  for (const { root } of entries) {
    const { shard } = await loadShard(dir, root)
    for (let i = 0; i < shard.documents.length; i++) {
      if (!isWanted(shard.documents.sample(i))) continue
      found.push({ ...shard.documents.facts(i), symbols: shard.textOf(i) })
    }
  }
  return found
}

/** A manifest whose dead documents are these; their shard is written, and the one before is retired. */
export async function withDead(
  dir: string,
  manifest: IndexManifest,
  documents: readonly TextDocument[],
  onStep?: OnStep,
): Promise<IndexManifest> {
  const { alphabet, tokenizer, dead: before } = manifest
  let dead: ShardEntry | null = null
  if (documents.length > 0) {
    const sorted = documents.toSorted((a, b) => (a.sample < b.sample ? -1 : 1))
    const length = sorted.reduce((sum, { symbols }) => sum + symbols.length + 1, 0)
    const input = inputOf(sorted, length, { alphabet, tokenizer, variant: 'plain' })
    dead = await writeShard(dir, await makeShardInWorker(input), onStep)
  }
  const retired = before !== null && before.root !== dead?.root ? [before.root] : []
  return { ...manifest, dead, retired: [...new Set([...manifest.retired, ...retired])] }
}
