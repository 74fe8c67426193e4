import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Digest } from './schemas.ts'
import { canonicalBytes } from './canonicalBytes.ts'

/** sha-256 of bytes. Pure TypeScript, so that a workflow's sandbox computes the same digest. */
export function digestBytes(bytes: Uint8Array): Digest {
  return `0x${bytesToHex(sha256(bytes))}` as Digest
}

/** sha-256 of the canonical bytes of a value. */
export function digestOf(value: unknown): Digest {
  return digestBytes(canonicalBytes(value))
}

/** sha-256 of UTF-8 text. */
export function digestText(text: string): Digest {
  return digestBytes(new TextEncoder().encode(text))
}
