import { isAddressEqual, parseEventLogs, type TransactionReceipt } from 'viem'
import type { Digest } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { inBatches } from '../client/inBatches.ts'
import { chainError } from '../client/chainError.ts'
import type { Chain } from '../client/openChain.ts'

/** `final`: as deep as the chain's confirmations. `shallow`: in a block that may still be replaced. `gone`: not there. */
export type SettlementSeen = { seen: 'final' | 'shallow'; block: number } | { seen: 'gone' }

/**
 * What the chain now says about transactions that were recorded as settlements: a receipt of each, of whatever payment
 * scheme. One counts only where it moved into our escrow at least what the payments that name it are worth together:
 *
 *   sum of Transfer(to = escrow) of its receipt  >=  feesWei
 *
 * Cost: one call of the node each, 100 a request: 2,000 in under a second on a local node. Throws chain/unreachable.
 */
export async function readSettlements(
  chain: Chain,
  settlements: readonly { tx: Digest; feesWei: bigint }[],
): Promise<Map<Digest, SettlementSeen>> {
  try {
    const head = Number(await chain.reader.getBlockNumber({ cacheTime: 0 }))
    const receipts = await inBatches(chain, settlements, async (reader, { tx }) => {
      const receipt = await reader.request({ method: 'eth_getTransactionReceipt', params: [tx] })
      return receipt as unknown as RawReceipt | null
    })
    const seen = receipts.map((receipt, i): [Digest, SettlementSeen] => {
      const { tx, feesWei } = settlements[i]!
      if (receipt === null || receipt.status !== '0x1' || movedWei(chain, receipt) < feesWei)
        return [tx, { seen: 'gone' }]
      const block = Number(receipt.blockNumber)
      return [tx, { seen: block + chain.confirmations <= head ? 'final' : 'shallow', block }]
    })
    return new Map(seen)
  } catch (error) {
    throw chainError(error, { action: 'looking settlements up again' })
  }
}

type RawReceipt = { status: string; blockNumber: string; logs: TransactionReceipt['logs'] }

function movedWei({ contracts }: Chain, { logs }: RawReceipt): bigint {
  const ours = logs.filter(({ address }) => isAddressEqual(address, contracts.openToken))
  return parseEventLogs({ abi: openToken.abi, eventName: 'Transfer', logs: ours })
    .filter(({ args }) => isAddressEqual(args.to, contracts.feeEscrow))
    .reduce((sum, { args }) => sum + args.value, 0n)
}
