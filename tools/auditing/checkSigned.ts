import { verifyScores } from '../../chain/index.ts'
import type { Address, AttributionTier, Digest } from '../../kernel/index.ts'
import { signedAttributionOf } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { differs } from './auditCheck.ts'

/** Scores that carry a signature carry the attributor's; those of before scores were signed have none. */
export async function checkSigned(
  { store, keys, chain: { chainId } }: ToolContext,
  receipt: Digest,
  tier: AttributionTier,
): Promise<void> {
  const { digest: id, signed } = await signedAttributionOf(store, { receipt, tier })
  if (signed === null) return
  const attributor = keys.attributor.address as Address
  const signature = signed.signature as `0x${string}`
  const isOurs = signed.signer.toLowerCase() === attributor.toLowerCase()
  if (isOurs && (await verifyScores({ id, chainId, signature }, attributor))) return
  throw differs('the signature of the scores', { receipt, tier, attributor })
}
