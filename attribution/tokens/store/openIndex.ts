import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { joinShards } from '../joinShards.ts'
import type { PlainShard } from '../PlainShard.ts'
import type { TokenIndex } from '../TokenIndex.ts'
import { rootOf, type IndexManifest } from './manifest.ts'
import { loadShard } from './shardFile.ts'
import { whileSteady } from './whileSteady.ts'

/**
 * Opens an index: all its shards are read into shared memory and checked against the manifest. What is appended or taken
 * down later is seen by the next open. `tokenizer`: whose ids will be asked about.
 * Cost: one read and one hash of all bytes. Throws attribution/no-index, attribution/other-tokenizer,
 * attribution/shard-missing, attribution/shard-version, attribution/shard-truncated, attribution/shard-edited.
 */
export async function openIndex({ dir, tokenizer }: { dir: string; tokenizer?: Digest }): Promise<TokenIndex> {
  return whileSteady(dir, ({ manifest }) => {
    if (tokenizer !== undefined) refuseOther(manifest, tokenizer)
    return loadAll(dir, manifest)
  })
}

async function loadAll(dir: string, manifest: IndexManifest): Promise<TokenIndex> {
  const shards = []
  for (const { root } of manifest.shards) {
    const { header, shard } = await loadShard(dir, root)
    if (header.alphabet !== manifest.alphabet || header.variant !== manifest.variant) refuseOther(manifest, root)
    refuseOther(manifest, header.tokenizer)
    shards.push(shard)
  }
  const dead = manifest.dead && ((await loadShard(dir, manifest.dead.root)).shard as PlainShard)
  const { alphabet, tokenizer } = manifest
  return joinShards({ alphabet, tokenizer, root: rootOf(manifest), shards, dead: dead ?? undefined })
}

function refuseOther(manifest: IndexManifest, asked: Digest): void {
  if (manifest.tokenizer === asked) return
  throw new TributaryError("This token index is over another tokenizer's ids.", {
    code: 'attribution/other-tokenizer',
    facts: { alphabet: manifest.alphabet, holds: manifest.tokenizer, asked },
    tryThis: 'encode with the tokenizer that the index was built with, or ask an index over bytes',
  })
}
