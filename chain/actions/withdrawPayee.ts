import { encodeFunctionData, getAbiItem, type Hex } from 'viem'
import type { PayeeId } from '../../kernel/index.ts'
import { payeeEscrow } from '../abis/payeeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { payeeKey } from '../merkle/payeeKey.ts'

/**
 * Pays the escrow account of a bound payee to its address. Returns undefined when the account is empty.
 * Throws chain/reverted (NotBound, RecoveryPends), and what `sendOnce` throws.
 */
export async function withdrawPayee(chain: Chain, payee: PayeeId): Promise<Sent | undefined> {
  if ((await readEscrowed(chain, payee)) === 0n) return undefined
  const address = chain.contracts.payeeEscrow
  const { abi } = payeeEscrow
  return sendOnce(chain, {
    action: `withdrawing for ${payee}`,
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'withdraw', args: [payeeKey(payee)] }),
    done: async () => {
      if ((await readEscrowed(chain, payee)) > 0n) return undefined
      const event = getAbiItem({ abi, name: 'Withdrawn' })
      return findTransaction(chain, { address, event, args: { payee: await escrowAccount(chain, payee) } })
    },
  })
}

/** What waits in the escrow account of a payee that has no address yet; of an alias, in that of the name it was merged into. */
export async function readEscrowed(chain: Pick<Chain, 'reader' | 'contracts'>, payee: PayeeId): Promise<bigint> {
  return chain.reader.readContract({
    address: chain.contracts.payeeEscrow,
    abi: payeeEscrow.abi,
    functionName: 'balanceOf',
    args: [await escrowAccount(chain, payee)],
  })
}

/** The key of the account that a payee's rewards go to: its own, or that of the name it was merged into. */
async function escrowAccount({ reader, contracts }: Pick<Chain, 'reader' | 'contracts'>, payee: PayeeId): Promise<Hex> {
  const { abi } = payeeEscrow
  const args = [payeeKey(payee)] as const
  return reader.readContract({ address: contracts.payeeEscrow, abi, functionName: 'accountOf', args })
}
