import { signLine } from '../../chain/index.ts'
import type { Address, Digest } from '../../kernel/index.ts'
import type { SignLine, Spending } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** The wallet that the agents of this home pay from, the token it pays in, and its signature under what is decided. */
export function budgetWallet({ keys, chain }: Pick<ToolContext, 'keys' | 'chain'>): {
  wallet: Address
  asset: Spending['asset']
  sign: SignLine
} {
  const { chainId, contracts } = chain
  return {
    wallet: keys.buyer.address.toLowerCase() as Address,
    asset: assetName(chainId, contracts.openToken),
    sign: (digest: Digest) => signLine(digest, { chainId, account: keys.buyer }),
  }
}

/** CAIP-19 name of a token. */
export function assetName(chainId: number, token: Address): Spending['asset'] {
  return `eip155:${chainId}/erc20:${token.toLowerCase()}` as Spending['asset']
}
