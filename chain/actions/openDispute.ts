import { encodeFunctionData, getAbiItem, type Hex } from 'viem'
import type { Address, Digest } from '../../kernel/index.ts'
import { disputes } from '../abis/disputes.ts'
import { rewardVault } from '../abis/rewardVault.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { ensureAllowance } from './ensureAllowance.ts'
import { readDispute } from './readDispute.ts'
import { recordedDifferently } from './recordedDifferently.ts'

/** A proposed root, or a receipt with the signature of the server that it accuses. */
export type Challenged = { epoch: number; root: Digest } | { receipt: Digest; server: Address; signature: Hex }

/**
 * Challenges a proposed root, which is held from then on, or a receipt, with the sender's bond and the digest of its evidence. One at
 * a time for each: throws chain/recorded-differently where another's, or with other evidence, is open. Throws chain/reverted
 * (OtherRoot, WindowOver, Held, Closed, ERC20InsufficientBalance), and what `sendOnce` throws.
 */
export async function openDispute(
  chain: Chain,
  { challenged, evidence }: { challenged: Challenged; evidence: Digest },
): Promise<Sent & { id: number }> {
  const { reader } = chain
  const contract = { address: chain.contracts.disputes, abi: disputes.abi }
  const { address, abi } = contract
  const subject = 'root' in challenged ? challenged.root : challenged.receipt
  const openId = async () =>
    Number(
      'root' in challenged
        ? await reader.readContract({
            ...contract,
            functionName: 'openOnRoot',
            args: [BigInt(challenged.epoch), challenged.root],
          })
        : await reader.readContract({
            ...contract,
            functionName: 'openOnReceipt',
            args: [challenged.receipt, challenged.server],
          }),
    )
  if ((await openId()) === 0) {
    const { bondWei } = await reader.readContract({ ...contract, functionName: 'terms' })
    await ensureAllowance(chain, { spender: address, wei: bondWei })
  }
  const data =
    'root' in challenged
      ? encodeFunctionData({
          abi,
          functionName: 'openRoot',
          args: [BigInt(challenged.epoch), challenged.root, evidence],
        })
      : encodeFunctionData({
          abi,
          functionName: 'openReceipt',
          args: [challenged.receipt, challenged.signature, evidence],
        })
  let id = 0
  const sent = await sendOnce(chain, {
    action: 'opening a dispute',
    to: address,
    // The vault refuses to be held with errors of its own.
    abi: [...abi, ...rewardVault.abi],
    data,
    done: async () => {
      id = await openId()
      if (id === 0) return undefined
      const found = await readDispute(chain, id)
      const isOurs = found.challenger === chain.writer.account.address.toLowerCase() && found.evidence === evidence
      if (!isOurs) throw recordedDifferently('dispute about', subject, { id, challenger: found.challenger })
      return findTransaction(chain, { address, event: getAbiItem({ abi, name: 'Opened' }), args: { id: BigInt(id) } })
    },
  })
  return { ...sent, id: id === 0 ? await openId() : id }
}
