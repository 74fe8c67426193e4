import { encodeFunctionData, getAbiItem, zeroAddress } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'

/** What an account may vote with now, in wei: what it, and others, delegated to it. */
export async function readVotes(
  { reader, contracts }: Pick<Chain, 'reader' | 'contracts'>,
  account: Address,
): Promise<{ votesWei: bigint; balanceWei: bigint; delegate: Address | undefined }> {
  const token = { address: contracts.openToken, abi: openToken.abi }
  const [votesWei, balanceWei, delegate] = await Promise.all([
    reader.readContract({ ...token, functionName: 'getVotes', args: [account] }),
    reader.readContract({ ...token, functionName: 'balanceOf', args: [account] }),
    reader.readContract({ ...token, functionName: 'delegates', args: [account] }),
  ])
  return { votesWei, balanceWei, delegate: delegate === zeroAddress ? undefined : (delegate.toLowerCase() as Address) }
}

/**
 * The sender's tokens vote as `to` decides. Without `again`, a sender that has delegated before, to anybody, is left as it is.
 * Throws what `sendOnce` throws.
 */
export async function delegateVotes(
  chain: Chain,
  to: Address,
  { again = false }: { again?: boolean } = {},
): Promise<{ delegated: boolean; block: number }> {
  const account = chain.writer.account.address.toLowerCase() as Address
  const { delegate } = await readVotes(chain, account)
  if (delegate === to.toLowerCase() || (delegate !== undefined && !again)) return { delegated: false, block: 0 }
  const { abi } = openToken
  const { block } = await sendOnce(chain, {
    action: `delegating the votes of ${account}`,
    to: chain.contracts.openToken,
    abi,
    data: encodeFunctionData({ abi, functionName: 'delegate', args: [to] }),
    done: async () => {
      const now = await readVotes(chain, account)
      if (now.delegate !== to.toLowerCase()) return undefined
      const event = getAbiItem({ abi, name: 'DelegateChanged' })
      return findTransaction(chain, {
        address: chain.contracts.openToken,
        event,
        args: { delegator: account, toDelegate: to },
      })
    },
  })
  return { delegated: true, block }
}
