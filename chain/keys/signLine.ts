import { isAddressEqual, recoverTypedDataAddress, type Hex, type LocalAccount } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'

/** Signs a line of a trace by its digest, as the one who answers for it. EIP-712 under the chain's id. */
export async function signLine(
  digest: Digest,
  { chainId, account }: { chainId: number; account: LocalAccount },
): Promise<{ signature: Hex; signer: Address }> {
  const signature = await account.signTypedData(typedLine(digest, chainId))
  return { signature, signer: account.address.toLowerCase() as Address }
}

/** Whether the signature is this signer's for this line. Needs nothing but its arguments; never throws for bad input. */
export async function verifyLine(
  digest: Digest,
  { chainId, signature, signer }: { chainId: number; signature: string; signer: Address },
): Promise<boolean> {
  try {
    const found = await recoverTypedDataAddress({ ...typedLine(digest, chainId), signature: signature as Hex })
    return isAddressEqual(found, signer)
  } catch {
    return false // not a signature
  }
}

function typedLine(digest: Digest, chainId: number) {
  return {
    domain: { name: 'Tributary trace', version: '1', chainId },
    types: { Line: [{ name: 'digest', type: 'bytes32' }] },
    primaryType: 'Line',
    message: { digest },
  } as const
}
