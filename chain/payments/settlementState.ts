import { getAbiItem, isAddressEqual, parseEventLogs } from 'viem'
import { TributaryError, type Address, type Digest } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'

export type SettlementState =
  | { state: 'open' }
  /** Used, and it paid whom it was for. */
  | { state: 'settled'; tx: Digest; block: number; amountWei: bigint }
  /** Cancelled by the payer, or spent on somebody else. */
  | { state: 'void'; tx: Digest; block: number }

/**
 * What became of an authorisation, by the chain alone: what a crash between sending and recording leaves open.
 * Throws chain/log-missing when the node forgot the logs, chain/unreachable.
 */
export async function settlementState(
  chain: Pick<Chain, 'reader' | 'contracts' | 'fromBlock'>,
  { payer, nonce, payTo = chain.contracts.feeEscrow }: { payer: Address; nonce: Digest; payTo?: Address },
): Promise<SettlementState> {
  const { abi } = openToken
  const address = chain.contracts.openToken
  const used = await chain.reader.readContract({
    address,
    abi,
    functionName: 'authorizationState',
    args: [payer, nonce],
  })
  if (!used) return { state: 'open' }
  const args = { authorizer: payer, nonce }
  let found: { tx: `0x${string}`; block: number }
  let spent = true
  try {
    found = await findTransaction(chain, { address, event: getAbiItem({ abi, name: 'AuthorizationUsed' }), args })
  } catch (error) {
    if (!(error instanceof TributaryError) || error.code !== 'chain/log-missing') throw error
    found = await findTransaction(chain, { address, event: getAbiItem({ abi, name: 'AuthorizationCanceled' }), args })
    spent = false
  }
  const { tx, block } = { tx: found.tx as Digest, block: found.block }
  const receipt = await chain.reader.getTransactionReceipt({ hash: tx })
  const logs = parseEventLogs({ abi, logs: receipt.logs.filter((log) => isAddressEqual(log.address, address)) })
  // The token writes AuthorizationUsed right before the Transfer of the same authorisation.
  const at = logs.findIndex(
    (log) =>
      log.eventName === 'AuthorizationUsed' && isAddressEqual(log.args.authorizer, payer) && log.args.nonce === nonce,
  )
  const transfer = logs[at + 1]
  const paidUs = spent && at >= 0 && transfer?.eventName === 'Transfer' && isAddressEqual(transfer.args.to, payTo)
  if (!paidUs) return { state: 'void', tx, block }
  return { state: 'settled', tx, block, amountWei: transfer.args.value }
}
