import { TributaryError } from '../../../kernel/index.ts'
import type { Variant } from '../ShardInput.ts'

/** Bytes of memory for each symbol of the shard that is being built, text and result included. */
const bytesPerSymbol = { plain: 32, compressed: 40 } as const

/** The most that a shard holds unless more memory is given: 23 bits are enough for a place in it. */
const largest = 2 ** 23

/** How large a shard may get while `memoryBytes` are enough to build it. Throws attribution/little-memory. */
export function mostSymbols(variant: Variant, memoryBytes: number = largest * bytesPerSymbol[variant]): number {
  const most = Math.min(2 ** 29, Math.floor(memoryBytes / bytesPerSymbol[variant]))
  if (most >= 1_024) return most
  throw new TributaryError('This is too little memory to build a shard.', {
    code: 'attribution/little-memory',
    facts: { memoryBytes, atLeast: 1_024 * bytesPerSymbol[variant] },
    tryThis: 'leave memoryBytes out, or give some megabytes',
  })
}
