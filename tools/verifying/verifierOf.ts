import { chainAs, ensureOpen, localChainId, readBondTerms, type Chain } from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** The chain with the verifier of this home as sender. */
export async function verifierOf({
  chain,
  keys,
}: Pick<ToolContext, 'chain' | 'keys'>): Promise<{ chain: Chain; reporter: Address }> {
  const reporter = keys.verifier.address.toLowerCase() as Address
  return { chain: await chainAs(chain, keys.verifier), reporter }
}

/** On a local chain the verifier has test tokens for one more report; elsewhere whoever verifies funds it. */
export async function fundReport({ chain, keys }: Pick<ToolContext, 'chain' | 'keys'>): Promise<void> {
  if (chain.chainId !== localChainId) return
  const { reportBondWei } = await readBondTerms(chain)
  await ensureOpen(chain, { account: keys.verifier.address.toLowerCase() as Address, wei: reportBondWei })
}

/** Seconds since 1970 by the chain: a chain on which nothing happens is behind the clock, one that was moved is ahead. */
export async function chainSecond({ chain, now }: Pick<ToolContext, 'chain' | 'now'>): Promise<number> {
  const { timestamp } = await chain.reader.getBlock({ blockTag: 'latest' })
  return Math.max(Number(timestamp), Math.floor(now() / 1_000))
}
