import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce } from '../client/sendOnce.ts'

/** Lets a contract take up to `wei` from the sender; nothing is sent where it may already. Throws what `sendOnce` throws. */
export async function ensureAllowance(
  chain: Chain,
  { spender, wei }: { spender: Address; wei: bigint },
): Promise<void> {
  const { abi } = openToken
  const address = chain.contracts.openToken
  const owner = chain.writer.account.address
  await sendOnce(chain, {
    action: 'allowing a bond to be taken',
    to: address,
    abi,
    data: encodeFunctionData({ abi, functionName: 'approve', args: [spender, wei] }),
    done: async () => {
      const allowed = await chain.reader.readContract({
        address,
        abi,
        functionName: 'allowance',
        args: [owner, spender],
      })
      if (allowed < wei) return undefined
      return findTransaction(chain, {
        address,
        event: getAbiItem({ abi, name: 'Approval' }),
        args: { owner, spender },
      })
    },
  })
}
