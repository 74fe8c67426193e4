import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { feeEscrow } from '../abis/feeEscrow.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { recordedDifferently } from './recordedDifferently.ts'

export type Refund = {
  /** The open epoch that the payment belongs to. */
  epoch: number
  payer: Address
  /** The EIP-3009 nonce of the settled payment. */
  nonce: Digest
  amountWei: bigint
}

/**
 * Pays a settled payment back to its payer, once: the token itself says what it paid. Throws chain/recorded-differently when
 * another amount went back, chain/reverted (EpochFrozen, NotPaid, OtherPayment, PaidInClosedEpoch), and what `sendOnce` throws.
 */
export async function refund(chain: Chain, { epoch, payer, nonce, amountWei }: Refund): Promise<Sent> {
  const address = chain.contracts.feeEscrow
  const { abi } = feeEscrow
  return sendOnce(chain, {
    action: 'refunding a payment',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'refund', args: [BigInt(epoch), payer, nonce, amountWei] }),
    done: async () => {
      const back = await chain.reader.readContract({
        address,
        abi,
        functionName: 'refundedWei',
        args: [payer, nonce],
      })
      if (back === 0n) return undefined
      if (back !== amountWei) throw recordedDifferently('refund', nonce, { payer, refundedWei: back.toString() })
      const event = getAbiItem({ abi, name: 'Refunded' })
      return findTransaction(chain, { address, event, args: { payer, nonce } })
    },
  })
}
