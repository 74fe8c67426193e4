import { encodeFunctionData, getAbiItem } from 'viem'
import type { Address } from '../../kernel/index.ts'
import { openToken } from '../abis/openToken.ts'
import { findTransaction } from '../client/findTransaction.ts'
import type { Chain } from '../client/openChain.ts'
import { sendOnce, type Sent } from '../client/sendOnce.ts'
import { readBalance } from './readBalance.ts'

/**
 * Gives an account test tokens out of the operator's, up to `wei`; nothing where it has as many. Nothing is minted:
 * the supply was made once, at genesis. Returns undefined when nothing was needed. Throws what `sendOnce` throws.
 */
export async function ensureOpen(
  chain: Chain,
  { account, wei }: { account: Address; wei: bigint },
): Promise<Sent | undefined> {
  const has = await readBalance(chain, account)
  if (has >= wei) return undefined
  const { abi } = openToken
  const sent = await sendOnce(chain, {
    action: 'handing out test tokens',
    to: chain.contracts.openToken,
    abi,
    data: encodeFunctionData({ abi, functionName: 'transfer', args: [account, wei - has] }),
    done: async () => {
      if ((await readBalance(chain, account)) < wei) return undefined
      const event = getAbiItem({ abi, name: 'Transfer' })
      return findTransaction(chain, { address: chain.contracts.openToken, event, args: { to: account } })
    },
  })
  return sent.sent ? sent : undefined
}
