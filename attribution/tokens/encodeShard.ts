import { createHash } from 'node:crypto'
import { canonicalBytes, type Digest } from '../../kernel/index.ts'
import { shardMagic, type EncodedShard, type Section, type ShardHeader } from './shardHeader.ts'

/**
 * The bytes of a shard file and its root.
 *
 *   file = magic (8) | length of the header (u32) | header | sections, each from a multiple of 8 bytes
 *
 * Little endian. Cost: one hash of everything, no copy.
 */
export function encodeShard(facts: Omit<ShardHeader, 'sections'>, sections: readonly Section[]): EncodedShard {
  const described = sections.map(({ name, bytes }) => ({ name, bytes: bytes.length, digest: sha256(bytes) }))
  const header = { ...facts, sections: described }
  const headerBytes = canonicalBytes(header)
  const front = new Uint8Array(padded(12 + headerBytes.length))
  front.set(new TextEncoder().encode(shardMagic))
  new DataView(front.buffer).setUint32(8, headerBytes.length, true)
  front.set(headerBytes, 12)
  const parts: Uint8Array[] = [front]
  for (const { bytes } of sections) {
    parts.push(bytes)
    const gap = padded(bytes.length) - bytes.length
    if (gap > 0) parts.push(new Uint8Array(gap))
  }
  return { root: sha256(headerBytes), header, parts }
}

/** sha-256 by the machine's own instructions: shards are too large for the one in TypeScript. */
export function sha256(bytes: Uint8Array): Digest {
  return `0x${createHash('sha256')
    .update(bytes as Uint8Array<ArrayBuffer>)
    .digest('hex')}` as Digest
}

/** The next multiple of 8. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
