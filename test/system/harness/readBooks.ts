import { isAddress, keccak256, parseAbi, stringToBytes, type Address } from 'viem'
import type { Tributary } from '../../../temporal.config.ts'

// Written here again, so that a wrong ABI or a wrong reader of ours can't agree with itself.
const token = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
])
const escrow = parseAbi(['function balanceOf(bytes32) view returns (uint256)'])

export type Books = {
  /** What each payee holds: at its address, or in its escrow account. */
  payees: Map<string, bigint>
  buyer: bigint
  treasury: bigint
  feeEscrow: bigint
  vault: bigint
  payeeEscrow: bigint
  pools: bigint
  /** Every single payment of the buyer into the fee escrow, in order. */
  paid: bigint[]
}

/** All balances of a home, straight from its chain. */
export async function readBooks({ ctx }: Pick<Tributary, 'ctx'>, payees: readonly string[]): Promise<Books> {
  const { reader, contracts } = ctx.chain
  const balance = (account: Address) =>
    reader.readContract({ address: contracts.openToken, abi: token, functionName: 'balanceOf', args: [account] })
  const account = (payee: string) =>
    reader.readContract({
      address: contracts.payeeEscrow,
      abi: escrow,
      functionName: 'balanceOf',
      args: [keccak256(stringToBytes(payee))],
    })
  const held = new Map<string, bigint>()
  for (const payee of payees) held.set(payee, await (isAddress(payee) ? balance(payee) : account(payee)))
  const buyer = ctx.keys.buyer.address
  const transfers = await reader.getContractEvents({
    address: contracts.openToken,
    abi: token,
    eventName: 'Transfer',
    args: { from: buyer, to: contracts.feeEscrow },
    fromBlock: 0n,
  })
  return {
    payees: held,
    buyer: await balance(buyer),
    treasury: await balance(contracts.openTimelock),
    feeEscrow: await balance(contracts.feeEscrow),
    vault: await balance(contracts.rewardVault),
    payeeEscrow: await balance(contracts.payeeEscrow),
    pools: await balance(contracts.datanetPools),
    paid: transfers.map(({ args }) => args.value ?? 0n),
  }
}

export const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n)
