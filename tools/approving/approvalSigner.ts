import { signLine } from '../../chain/index.ts'
import type { Address, Digest } from '../../kernel/index.ts'
import type { Signer } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/** The operator of this home, whose key signs what was said of an action. */
export function approvalSigner({ keys, chain }: Pick<ToolContext, 'keys' | 'chain'>): Signer {
  const { operator } = keys
  return {
    address: operator.address.toLowerCase() as Address,
    sign: (digest: Digest) => signLine(digest, { chainId: chain.chainId, account: operator }),
  }
}
