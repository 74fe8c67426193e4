import { TributaryError, type Digest } from '../../../kernel/index.ts'
import { inputOf } from '../gatherDocuments.ts'
import { makeShardInWorker } from '../makeShardInWorker.ts'
import { rootOf, type IndexManifest } from './manifest.ts'
import { loadShard } from './shardFile.ts'
import { documentsIn, deadOf } from './takeDown.ts'
import { whileSteady } from './whileSteady.ts'

type VerifyOptions = { dir: string; root?: Digest; deep?: boolean; signal?: AbortSignal }
export type Verified = { root: Digest; shards: number; documents: number; symbols: number; deep: boolean }

/**
 * Checks every byte of an index against its root. `deep` also builds each shard again from its own text and compares roots,
 * so that an order of suffixes that is none, made by whoever wrote the shard, is found too.
 * Cost: one hash of all bytes; deep: a build. Throws attribution/other-root, attribution/shard-forged, and as openIndex.
 */
export async function verifyIndex(options: VerifyOptions): Promise<Verified> {
  return whileSteady(options.dir, ({ manifest }) => verify(manifest, options))
}

async function verify(
  manifest: IndexManifest,
  { dir, root: expected, deep = false, signal }: VerifyOptions,
): Promise<Verified> {
  const root = rootOf(manifest)
  if (expected !== undefined && expected !== root) {
    throw new TributaryError('This token index is not the one with that root.', {
      code: 'attribution/other-root',
      facts: { root, expected },
      tryThis: 'fetch the index of that version, or ask for the root of this one',
    })
  }
  const total = { documents: 0, symbols: 0 }
  for (const entry of [...manifest.shards, ...deadOf(manifest)]) {
    const { header } = await loadShard(dir, entry.root)
    if (header.documents !== entry.documents || header.symbols !== entry.symbols) throw forged(entry.root, 'counts')
    total.documents += header.documents
    total.symbols += header.symbols
    if (!deep) continue
    const { alphabet, tokenizer, variant } = header
    const documents = await documentsIn(dir, [entry])
    const length = documents.reduce((sum, { symbols }) => sum + symbols.length + 1, 0)
    const again = await makeShardInWorker(inputOf(documents, length, { alphabet, tokenizer, variant }), { signal })
    if (again.root !== entry.root) throw forged(entry.root, 'order of suffixes')
  }
  return { root, shards: manifest.shards.length, ...total, deep }
}

function forged(root: Digest, part: string): TributaryError {
  return new TributaryError('This shard is not what building it from its own text gives.', {
    code: 'attribution/shard-forged',
    facts: { root, part },
    tryThis: 'build the index again from the samples, and ask whoever wrote this shard',
  })
}
