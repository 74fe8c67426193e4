import type { Digest } from '../../kernel/index.ts'
import { CompressedShard } from './compressed/CompressedShard.ts'
import { decodeShard } from './decodeShard.ts'
import { PlainShard } from './PlainShard.ts'
import type { SearchedShard } from './SearchedShard.ts'
import type { ShardHeader } from './shardHeader.ts'

/** A shard out of its bytes, which stay where they are: threads that share the memory share the shard. Throws as decodeShard. */
export function openShard(file: Uint8Array, root: Digest): { header: ShardHeader; shard: SearchedShard } {
  const decoded = decodeShard(file, root)
  return {
    header: decoded.header,
    shard: decoded.header.variant === 'plain' ? new PlainShard(decoded) : new CompressedShard(decoded),
  }
}
