import { signScores } from '../../chain/index.ts'
import { digestOf, type Address, type Attribution } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** The attributor's signature over scores, as it is stored with them. */
export async function signedBy(
  { keys, chain }: Pick<ToolContext, 'keys' | 'chain'>,
  attribution: Attribution,
): Promise<{ signature: string; signer: Address }> {
  const signature = await signScores({ id: digestOf(attribution), chainId: chain.chainId }, keys.attributor)
  return { signature, signer: keys.attributor.address.toLowerCase() as Address }
}
