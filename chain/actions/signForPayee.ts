import type { Hex, LocalAccount } from 'viem'
import type { Chain } from '../client/openChain.ts'

type Word =
  | { primaryType: 'Merge'; message: { alias: Hex; into: Hex; deadline: bigint } }
  | { primaryType: 'Recover'; message: { payee: Hex; account: Hex; nonce: bigint; deadline: bigint } }

const types = {
  Merge: [
    { name: 'alias', type: 'bytes32' },
    { name: 'into', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Recover: [
    { name: 'payee', type: 'bytes32' },
    { name: 'account', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/** The steward's word about payees other than a first binding, as IPayeeEscrow.sol has it. EIP-712. */
export async function signForPayee(
  { chainId, contracts }: Pick<Chain, 'chainId' | 'contracts'>,
  steward: LocalAccount,
  { primaryType, message }: Word,
): Promise<Hex> {
  return steward.signTypedData({
    domain: { name: 'Tributary PayeeEscrow', version: '1', chainId, verifyingContract: contracts.payeeEscrow },
    types: { [primaryType]: types[primaryType] },
    primaryType,
    message,
  })
}
