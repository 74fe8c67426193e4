import { isAddressEqual, recoverTypedDataAddress, type Hex, type LocalAccount } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'

/** `id` is the digest of an Attribution's canonical bytes, which name the receipt; the signature covers it and the chain id. */
export type ScoresToSign = { id: Digest; chainId: number }

/** Signs scores as the attributor that made them. EIP-712, so that a contract can check it; the same each time (RFC 6979). */
export async function signScores(scores: ScoresToSign, attributor: LocalAccount): Promise<Hex> {
  return attributor.signTypedData(typedScores(scores))
}

/** Whether the signature over these scores is this attributor's. Never throws for bad input. */
export async function verifyScores(
  { signature, ...scores }: ScoresToSign & { signature: Hex },
  attributor: Address,
): Promise<boolean> {
  try {
    return isAddressEqual(await recoverTypedDataAddress({ ...typedScores(scores), signature }), attributor)
  } catch {
    return false // no signature
  }
}

function typedScores({ id, chainId }: ScoresToSign) {
  return {
    domain: { name: 'Tributary scores', version: '1', chainId },
    types: { Scores: [{ name: 'id', type: 'bytes32' }] },
    primaryType: 'Scores',
    message: { id },
  } as const
}
