import { encodeFunctionData, getAbiItem, zeroAddress, type LocalAccount } from 'viem'
import type { Address, PayeeId } from '../../kernel/index.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { payeeKey } from '../merkle/payeeKey.ts'
import { signForPayee } from './signForPayee.ts'

export type PayeeStanding = {
  /** Null while no address speaks for it. */
  account: Address | null
  waitingWei: bigint
  /** Another address was proved for it, and can take its place from `readyAt` on, in seconds; null where none was. */
  recovery: { account: Address; readyAt: number } | null
}

/** How a payee without an address stands in the escrow; of an alias, how the name stands that it was merged into. */
export async function readPayee(chain: Pick<Chain, 'reader' | 'contracts'>, payee: PayeeId): Promise<PayeeStanding> {
  const contract = { address: chain.contracts.payeeEscrow, abi: payeeEscrow.abi }
  const read = chain.reader.readContract
  const key = await read({ ...contract, functionName: 'accountOf', args: [payeeKey(payee)] })
  const [bound, waitingWei, { account, readyAt }] = await Promise.all([
    read({ ...contract, functionName: 'boundTo', args: [key] }),
    read({ ...contract, functionName: 'balanceOf', args: [key] }),
    read({ ...contract, functionName: 'recoveryOf', args: [key] }),
  ])
  return {
    account: bound === zeroAddress ? null : (bound.toLowerCase() as Address),
    waitingWei,
    recovery: readyAt === 0n ? null : { account: account.toLowerCase() as Address, readyAt: Number(readyAt) },
  }
}

/**
 * Asks by the steward's word that another address speaks for a bound payee, once. Until it is finished the bound address can cancel
 * it. `deadline` is in seconds since 1970. Throws chain/reverted (NotBound, RecoveryPends, SameAccount, IsAlias).
 */
export async function requestRecovery(
  chain: Chain,
  steward: LocalAccount,
  { payee, account, deadline }: { payee: PayeeId; account: Address; deadline: number },
): Promise<Sent> {
  const address = chain.contracts.payeeEscrow
  const { abi } = payeeEscrow
  const key = payeeKey(payee)
  const nonce = await chain.reader.readContract({ address, abi, functionName: 'recoveryNonce', args: [key] })
  const message = { payee: key, account, nonce, deadline: BigInt(deadline) }
  const signature = await signForPayee(chain, steward, { primaryType: 'Recover', message })
  const args = [key, account, BigInt(deadline), steward.address, signature] as const
  return sendOnce(chain, {
    action: `asking for the recovery of ${payee}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'requestRecovery', args }),
    done: async () => {
      const { recovery, account: bound } = await readPayee(chain, payee)
      const stands = recovery?.account === account.toLowerCase() || bound === account.toLowerCase()
      if (!stands) return undefined
      const event = getAbiItem({ abi, name: 'RecoveryRequested' })
      return findTransaction(chain, { address, event, args: { payee: key, account } })
    },
  })
}

/** Binds the payee to the address that was asked for, once its time is over. Throws chain/reverted (NoRecovery, TooEarly). */
export async function finishRecovery(chain: Chain, payee: PayeeId, account: Address): Promise<Sent> {
  const address = chain.contracts.payeeEscrow
  const { abi } = payeeEscrow
  const key = payeeKey(payee)
  return sendOnce(chain, {
    action: `finishing the recovery of ${payee}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'finishRecovery', args: [key] }),
    done: async () => {
      if ((await readPayee(chain, payee)).account !== account.toLowerCase()) return undefined
      const event = getAbiItem({ abi, name: 'Bound' })
      return findTransaction(chain, { address, event, args: { payee: key, account } })
    },
  })
}
