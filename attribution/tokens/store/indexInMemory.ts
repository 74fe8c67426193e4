import { digestOf, digestText, type Digest } from '../../../kernel/index.ts'
import { gatherDocuments } from '../gatherDocuments.ts'
import { joinShards } from '../joinShards.ts'
import { makeShardInWorker } from '../makeShardInWorker.ts'
import { openShard } from '../openShard.ts'
import type { SearchedShard } from '../SearchedShard.ts'
import type { TokenIndex } from '../TokenIndex.ts'
import type { BuildOptions } from './appendDocuments.ts'
import { mostSymbols } from './mostSymbols.ts'

/**
 * Builds an index that no disk ever sees: for one who trusts no file, and so that nothing stays of what is taken down later.
 * Cost: a build, in a worker thread, and the index in memory, about 4 bytes a byte. Throws as buildIndex.
 */
export async function indexInMemory({
  alphabet,
  tokenizer,
  variant = 'plain',
  documents,
  memoryBytes,
  signal,
}: Pick<
  BuildOptions,
  'alphabet' | 'tokenizer' | 'variant' | 'documents' | 'memoryBytes' | 'signal'
>): Promise<TokenIndex> {
  const kind = { alphabet, tokenizer: tokenizer ?? digestText(alphabet), variant }
  const shards: SearchedShard[] = []
  const roots: Digest[] = []
  for await (const input of gatherDocuments(documents, { ...kind, mostSymbols: mostSymbols(variant, memoryBytes) })) {
    const { root, parts } = await makeShardInWorker(input, { signal })
    const bytes = new Uint8Array(new SharedArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)))
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    shards.push(openShard(bytes, root).shard)
    roots.push(root)
  }
  return joinShards({ ...kind, root: digestOf(roots), shards, dead: undefined })
}
