import type { Digest } from '../../../kernel/index.ts'
import { gatherDocuments } from '../gatherDocuments.ts'
import type { TextDocument } from '../TokenIndex.ts'
import { currentManifest, rootOf, type Committed, type IndexManifest, type ShardEntry } from './manifest.ts'
import { mostSymbols } from './mostSymbols.ts'
import { removeRetired } from './removeRetired.ts'
import { loadShard } from './shardFile.ts'
import { shardWriter } from './shardWriter.ts'
import { deadOf, documentsIn, withDead } from './takeDown.ts'
import { whileSteady } from './whileSteady.ts'
import { commitManifest } from './commitManifest.ts'
import type { WriteOptions } from './WriteOptions.ts'

export type Merged = { root: Digest; shards: number; erased: number }

/**
 * Makes few large shards of many small ones, and rewrites those that hold what was taken down, without it: then those bytes
 * are gone from the disk. Neighbours are merged as long as their result fits `memoryBytes`, one group after another; each is
 * in place when it is written, so a merge that was cut goes on where it was. Appends and takedowns may happen meanwhile.
 * Cost: a build of what is rewritten. Throws attribution/disk-full, which leaves the index as it was.
 */
export async function mergeShards(options: WriteOptions): Promise<Merged> {
  const { dir, memoryBytes, signal, onStep } = options
  await removeRetired(dir, onStep)
  const write = shardWriter(options)
  let erased = 0
  const mergeNext = async ({ manifest }: Committed): Promise<boolean> => {
    signal?.throwIfAborted()
    const most = mostSymbols(manifest.variant, memoryBytes)
    const dead = new Set((await documentsIn(dir, deadOf(manifest))).map(({ sample }) => sample))
    const group = await nextGroup(dir, manifest, most, dead)
    if (group === undefined) return false
    const written: ShardEntry[] = []
    const gone = new Set<Digest>()
    const { alphabet, tokenizer, variant } = manifest
    const kind = { alphabet, tokenizer, variant, mostSymbols: most }
    for await (const input of gatherDocuments(livingIn(dir, group, dead, gone), kind)) {
      written.push(await write(input))
    }
    await commitManifest(dir, (now) => replaced(dir, now, { group, written, gone }, onStep), onStep)
    await removeRetired(dir, onStep)
    erased += gone.size
    return true
  }
  while (await whileSteady(dir, mergeNext));
  const { manifest } = await currentManifest(dir)
  return { root: rootOf(manifest), shards: manifest.shards.length, erased }
}

type Replacement = { group: readonly ShardEntry[]; written: readonly ShardEntry[]; gone: ReadonlySet<Digest> }

/** The manifest with the group's shards replaced, and without the dead that are gone with them. */
async function replaced(
  dir: string,
  now: IndexManifest,
  { group, written, gone }: Replacement,
  onStep: WriteOptions['onStep'],
): Promise<IndexManifest> {
  const merged = new Set(group.map(({ root }) => root))
  // Another merge was faster: its shards stand, ours are left to be removed.
  if (![...merged].every((root) => now.shards.some((shard) => shard.root === root))) return now
  const at = now.shards.findIndex(({ root }) => merged.has(root))
  const others = now.shards.filter(({ root }) => !merged.has(root))
  const shards = [...others.slice(0, at), ...written, ...others.slice(at)]
  const kept = new Set(shards.map(({ root }) => root))
  const retired = [...now.retired, ...[...merged].filter((root) => !kept.has(root))]
  const next = { ...now, shards, retired: [...new Set(retired)] }
  if (gone.size === 0) return next
  const dead = (await documentsIn(dir, deadOf(now))).filter(({ sample }) => !gone.has(sample))
  return withDead(dir, next, dead, onStep)
}

/** Neighbours whose result fits, at least two, or one with dead documents; undefined where nothing is left to do. */
async function nextGroup(
  dir: string,
  { shards }: IndexManifest,
  most: number,
  dead: ReadonlySet<Digest>,
): Promise<ShardEntry[] | undefined> {
  for (let first = 0; first < shards.length; first++) {
    const group: ShardEntry[] = []
    let length = 0
    for (const shard of shards.slice(first)) {
      length += shard.symbols + shard.documents
      if (group.length > 0 && length > most) break
      group.push(shard)
    }
    if (group.length > 1) return group
    if (dead.size > 0 && (await documentsIn(dir, group, (sample) => dead.has(sample))).length > 0) return group
  }
  return undefined
}

/** The living documents of a group, shard by shard, so that one shard is in memory at a time. Notes those that are dead. */
async function* livingIn(
  dir: string,
  group: readonly ShardEntry[],
  dead: ReadonlySet<Digest>,
  gone: Set<Digest>,
): AsyncGenerator<TextDocument> {
  for (const { root } of group) {
    const { shard } = await loadShard(dir, root)
    for (let i = 0; i < shard.documents.length; i++) {
      const sample = shard.documents.sample(i)
      if (dead.has(sample)) gone.add(sample)
      else yield { ...shard.documents.facts(i), symbols: shard.textOf(i) }
    }
  }
}
