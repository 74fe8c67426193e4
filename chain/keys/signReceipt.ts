import { isAddressEqual, recoverTypedDataAddress, type Hex, type LocalAccount } from 'viem'
import { digestOf, receiptSchema, type Address, type Digest, type Receipt } from '../../kernel/index.ts'

/** `id` is the digest of the receipt's canonical bytes; the signature covers it and the chain id. */
export type SignedReceipt = { id: Digest; receipt: Receipt; signature: Hex }

/** Signs as the server that answered. EIP-712, so that a contract can check it. Throws kernel/not-canonical. */
export async function signReceipt(receipt: Receipt, server: LocalAccount): Promise<SignedReceipt> {
  const parsed = receiptSchema.parse(receipt)
  const id = digestOf(parsed)
  return { id, receipt: parsed, signature: await signReceiptId({ id, chainId: parsed.chainId }, server) }
}

/** What a server signs of a receipt: all that a contract has to see to know who signed. */
export async function signReceiptId(
  { id, chainId }: { id: Digest; chainId: number },
  server: LocalAccount,
): Promise<Hex> {
  return server.signTypedData(typedReceipt(id, chainId))
}

/** Whether id, receipt and signature belong together and the signature is this server's. Never throws for bad input. */
export async function verifyReceipt({ id, receipt, signature }: SignedReceipt, server: Address): Promise<boolean> {
  try {
    if (digestOf(receiptSchema.parse(receipt)) !== id) return false
    const signer = await recoverTypedDataAddress({ ...typedReceipt(id, receipt.chainId), signature })
    return isAddressEqual(signer, server)
  } catch {
    return false // not a receipt, or not a signature
  }
}

function typedReceipt(id: Digest, chainId: number) {
  return {
    domain: { name: 'Tributary receipt', version: '1', chainId },
    types: { Receipt: [{ name: 'id', type: 'bytes32' }] },
    primaryType: 'Receipt',
    message: { id },
  } as const
}
