import { digestText } from '../../kernel/index.ts'

/**
 * Uniform numbers in [0, 1) with 32 random bits each, the same on every machine for the same text: sfc32, keyed by
 * sha-256. For sampling and shuffling, not for secrets.
 */
export function seededUniform(seed: string): () => number {
  const digest = digestText(seed)
  const word = (i: number): number => Number.parseInt(digest.slice(2 + 8 * i, 10 + 8 * i), 16) | 0
  let [a, b, c, counter] = [word(0), word(1), word(2), word(3)]
  return () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 2 ** 32
  }
}
