import type { LocalAccount } from 'viem'
import { chainAs, ensureOpen, localChainId, type Chain } from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/**
 * The chain with this key as its sender. On a local chain it is given test tokens up to `wei`; elsewhere it needs its own.
 */
export async function senderWith(
  { chain }: Pick<ToolContext, 'chain'>,
  signer: LocalAccount,
  wei: bigint,
): Promise<Chain> {
  if (signer.address === chain.writer.account.address) return chain
  if (chain.chainId === localChainId) await ensureOpen(chain, { account: signer.address.toLowerCase() as Address, wei })
  return chainAs(chain, signer)
}
