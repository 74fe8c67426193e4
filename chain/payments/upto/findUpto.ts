import { getAbiItem, isAddressEqual, numberToHex, type Address } from 'viem'
import type { Digest } from '../../../kernel/index.ts'
import { openToken } from '../../abis/openToken.ts'
import { permit2StandIn } from '../../abis/permit2StandIn.ts'
import type { Chain } from '../../client/openChain.ts'
import { publishedContracts } from '../../deployment/publishedContracts.ts'
import { refusal } from '../refusal.ts'

/**
 * The transaction that used a Permit2 nonce of a payer, or undefined while it is unused. Permit2 writes no event for it: of the
 * payer's transfers to our escrow it is the one whose call carries the nonce. Cost: one call while unused.
 * Throws payment/replayed where the nonce was used for something else, or made unusable.
 */
export async function findUpto(
  { reader, contracts, fromBlock }: Chain,
  { payer, nonce }: { payer: Address; nonce: bigint },
): Promise<{ tx: Digest; block: number } | undefined> {
  const bitmap = await reader.readContract({
    address: publishedContracts.permit2,
    abi: permit2StandIn.abi,
    functionName: 'nonceBitmap',
    args: [payer, nonce >> 8n],
  })
  if (((bitmap >> (nonce & 255n)) & 1n) === 0n) return undefined
  const transfers = await reader.getLogs({
    address: contracts.openToken,
    event: getAbiItem({ abi: openToken.abi, name: 'Transfer' }),
    args: { from: payer, to: contracts.feeEscrow },
    fromBlock,
  })
  const wanted = numberToHex(nonce, { size: 32 }).slice(2)
  for (const { transactionHash: hash, blockNumber } of transfers.toReversed()) {
    const { to, input } = await reader.getTransaction({ hash })
    const isOurs = to !== null && isAddressEqual(to, publishedContracts.uptoProxy) && input.includes(wanted)
    if (isOurs) return { tx: hash as Digest, block: Number(blockNumber) }
  }
  throw refusal('payment/replayed', { payer, nonce: wanted })
}
