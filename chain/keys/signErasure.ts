import { isAddressEqual, recoverTypedDataAddress, type Hex, type LocalAccount } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'

/** The payer's wish that the text of its prompt and answer be dropped: EIP-712 over the receipt's id. */
export function signErasure(
  receipt: Digest,
  { chainId, account }: { chainId: number; account: LocalAccount },
): Promise<Hex> {
  return account.signTypedData(typedErasure(receipt, chainId))
}

/** Whether the wish is this payer's. Never throws for bad input. */
export async function verifyErasure(
  receipt: Digest,
  { chainId, signature, payer }: { chainId: number; signature: string; payer: Address },
): Promise<boolean> {
  try {
    const signer = await recoverTypedDataAddress({ ...typedErasure(receipt, chainId), signature: signature as Hex })
    return isAddressEqual(signer, payer)
  } catch {
    return false // not a signature
  }
}

function typedErasure(receipt: Digest, chainId: number) {
  return {
    domain: { name: 'Tributary erasure', version: '1', chainId },
    types: { Erasure: [{ name: 'receipt', type: 'bytes32' }] },
    primaryType: 'Erasure',
    message: { receipt },
  } as const
}
