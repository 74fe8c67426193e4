import { digestOf } from './digest.ts'
import type { Digest } from './schemas.ts'

/**
 * Commitment to a text that stays private: sha-256 of the canonical `{ salt, text }`.
 * Without the salt (32 random bytes, kept beside the text) nobody can test a guess of the text against it.
 */
export function saltedDigest(salt: Digest, text: string): Digest {
  return digestOf({ salt, text })
}
