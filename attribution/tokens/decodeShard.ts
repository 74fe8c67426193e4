import { TributaryError, type Digest } from '../../kernel/index.ts'
import { padded, sha256 } from './encodeShard.ts'
import { shardHeader, shardMagic, type ShardHeader } from './shardHeader.ts'

export type DecodedShard = { root: Digest; header: ShardHeader; sections: Map<string, Uint8Array> }

const again = 'build the shard again from the samples, or fetch the file again from where it came'

/**
 * The header and sections of a shard file, all digests checked against `root`. The sections are views, nothing is copied.
 * Cost: one hash of everything. Throws attribution/shard-version, attribution/shard-truncated, attribution/shard-edited.
 */
export function decodeShard(file: Uint8Array, root: Digest): DecodedShard {
  const magic = new TextDecoder().decode(file.slice(0, 8))
  if (file.length < 12) throw truncated(root, file.length, 12)
  if (magic !== shardMagic) {
    const known = magic.slice(0, 7) === shardMagic.slice(0, 7)
    throw new TributaryError(
      known ? 'This shard is of another version of the format.' : 'This is no shard of a token index.',
      {
        code: 'attribution/shard-version',
        facts: { root, found: known ? magic.slice(7) : 'none', known: shardMagic.slice(7) },
        tryThis: 'build the index again with this version, or read it with the version that wrote it',
      },
    )
  }
  const length = new DataView(file.buffer, file.byteOffset).getUint32(8, true)
  if (file.length < 12 + length) throw truncated(root, file.length, 12 + length)
  const headerBytes = file.slice(12, 12 + length)
  if (sha256(headerBytes) !== root) throw edited(root, 'header')
  const header = shardHeader.parse(JSON.parse(new TextDecoder().decode(headerBytes)))
  const size = header.sections.reduce((end, { bytes }) => end + padded(bytes), padded(12 + length))
  if (file.length < size) throw truncated(root, file.length, size)

  const sections = new Map<string, Uint8Array>()
  let at = padded(12 + length)
  for (const { name, bytes, digest } of header.sections) {
    const section = file.subarray(at, at + bytes)
    if (sha256(section) !== digest) throw edited(root, name)
    sections.set(name, section)
    at += padded(bytes)
    if (file.subarray(at - padded(bytes) + bytes, at).some((byte) => byte !== 0)) throw edited(root, `behind ${name}`)
  }
  const gap = file.subarray(12 + length, padded(12 + length))
  if (file.length > size || gap.some((byte) => byte !== 0)) throw edited(root, 'gaps')
  return { root, header, sections }
}

function truncated(root: Digest, bytes: number, atLeast: number): TributaryError {
  return new TributaryError('This shard ends before its end.', {
    code: 'attribution/shard-truncated',
    facts: { root, bytes, atLeast },
    tryThis: again,
  })
}

function edited(root: Digest, part: string): TributaryError {
  return new TributaryError('This shard has other bytes than its root says.', {
    code: 'attribution/shard-edited',
    facts: { root, part },
    tryThis: again,
  })
}
