import { encodeFunctionData, getAbiItem, zeroAddress, type Hex, type LocalAccount } from 'viem'
import { TributaryError, type Address, type PayeeId } from '../../kernel/index.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { payeeKey } from '../merkle/payeeKey.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/** `steward` is who signed: a key, or a contract that checks signatures (ERC-1271). */
export type Binding = { payee: PayeeId; account: Address; deadline: number; steward: Address; signature: Hex }

/**
 * The steward's word, given after a proof of control, that an address speaks for a payee. EIP-712.
 * `deadline` is in seconds since 1970. Throws chain/payee-has-address.
 */
export async function signBinding(
  chain: Pick<Chain, 'chainId' | 'contracts'>,
  steward: LocalAccount,
  { payee, account, deadline }: Omit<Binding, 'signature' | 'steward'>,
): Promise<Binding> {
  if (payee.startsWith('0x')) {
    throw new TributaryError('A payee that is an address is paid there and needs no binding.', {
      code: 'chain/payee-has-address',
      facts: { payee },
      tryThis: 'claim: the vault pays this address',
    })
  }
  const signature = await steward.signTypedData({
    domain: {
      name: 'Tributary PayeeEscrow',
      version: '1',
      chainId: chain.chainId,
      verifyingContract: chain.contracts.payeeEscrow,
    },
    types: {
      Bind: [
        { name: 'payee', type: 'bytes32' },
        { name: 'account', type: 'address' },
        { name: 'deadline', type: 'uint256' },
      ],
    },
    primaryType: 'Bind',
    message: { payee: payeeKey(payee), account, deadline: BigInt(deadline) },
  })
  return { payee, account, deadline, steward: steward.address.toLowerCase() as Address, signature }
}

/** Records a binding, once. Throws chain/recorded-differently, chain/reverted (Expired, NotTheSteward). */
export async function bindPayee(chain: Chain, binding: Binding): Promise<Sent> {
  const { payee, account, deadline, steward, signature } = binding
  const address = chain.contracts.payeeEscrow
  const { abi } = payeeEscrow
  const key = payeeKey(payee)
  return sendOnce(chain, {
    action: `binding ${payee}`,
    to: address,
    abi,
    data: encodeFunctionData({
      abi,
      functionName: 'bind',
      args: [key, account, BigInt(deadline), steward, signature],
    }),
    done: async () => {
      const bound = await chain.reader.readContract({ address, abi, functionName: 'boundTo', args: [key] })
      if (bound === zeroAddress) return undefined
      if (bound.toLowerCase() !== account.toLowerCase()) throw recordedDifferently('binding', payee, { account: bound })
      const event = getAbiItem({ abi, name: 'Bound' })
      return findTransaction(chain, { address, event, args: { payee: key } })
    },
  })
}
