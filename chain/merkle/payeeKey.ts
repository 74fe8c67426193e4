import { keccak256, pad, stringToBytes, type Hex } from 'viem'
import type { PayeeId } from '../../kernel/index.ts'

/**
 * A payee on chain: an address padded on the left to 32 bytes, or keccak256 of the UTF-8 name of one who has none yet.
 * The vault tells them apart by the upper 12 bytes, which a hash has zero once in 2^96.
 */
export function payeeKey(payee: PayeeId): Hex {
  return /^0x[0-9a-f]{40}$/.test(payee) ? pad(payee as Hex, { size: 32 }) : keccak256(stringToBytes(payee))
}
