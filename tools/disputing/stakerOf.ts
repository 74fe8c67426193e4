import type { LocalAccount } from 'viem'
import type { Keys, StakeRole } from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'

/** The key of this home that vouches in a role: who signs receipts, or who proposes roots and publishes versions. */
export function stakerOf(keys: Keys, role: StakeRole): { signer: LocalAccount; account: Address } {
  const signer = role === 'server' ? keys.server : keys.operator
  return { signer, account: signer.address.toLowerCase() as Address }
}
