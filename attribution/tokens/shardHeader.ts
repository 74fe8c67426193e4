import { z } from 'zod'
import { digestString, type Digest } from '../../kernel/index.ts'

/** The first bytes of a shard file: its kind, and the version of the format as the last character. */
export const shardMagic = 'TRTOKEN1'

/**
 * What a shard says of itself, in RFC 8785 JSON. Its digest is the shard's root, and it names the digest of every section,
 * so the root stands for all bytes of the file.
 */
export const shardHeader = z.object({
  alphabet: z.enum(['tokens', 'bytes']),
  tokenizer: digestString,
  variant: z.enum(['plain', 'compressed']),
  documents: z.int().nonnegative(),
  /** Without the separators. */
  symbols: z.int().nonnegative(),
  /** Numbers that are needed to read the sections: bits of packed arrays and the like. */
  layout: z.record(z.string(), z.int().nonnegative()),
  sections: z.array(z.object({ name: z.string(), bytes: z.int().nonnegative(), digest: digestString })),
})
export type ShardHeader = z.infer<typeof shardHeader>

export type Section = { name: string; bytes: Uint8Array }

/** A shard as it is written: `parts` one behind the other are the file. */
export type EncodedShard = { root: Digest; header: ShardHeader; parts: Uint8Array[] }

export type Layout = Record<string, number>
