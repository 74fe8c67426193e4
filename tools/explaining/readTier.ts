import { findError, TributaryError, type Attribution, type AttributionTier, type Digest } from '../../kernel/index.ts'
import { attributionOf } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

/**
 * The scores of a receipt in the tier that is asked for, else in the highest there is, and which that is.
 * Throws tools/not-settled where tier `money` is asked for and is not written yet, store/not-found without any scores.
 */
export async function readTier(
  { store }: Pick<ToolContext, 'store'>,
  receipt: Digest,
  tier?: AttributionTier,
): Promise<{ tier: AttributionTier; attribution: Attribution }> {
  if (tier === 'receipt') return { tier, attribution: await attributionOf(store, { receipt, tier }) }
  try {
    return { tier: 'money', attribution: await attributionOf(store, { receipt, tier: 'money' }) }
  } catch (failure) {
    if (findError(failure)?.code !== 'store/not-found') throw failure
    if (tier === undefined)
      return { tier: 'receipt', attribution: await attributionOf(store, { receipt, tier: 'receipt' }) }
    throw new TributaryError('The fee of this answer is not split yet, so there are no scores of tier money.', {
      code: 'tools/not-settled',
      facts: { receipt },
      tryThis: 'ask for tier receipt, or again when its epoch is closed',
      cause: failure,
    })
  }
}
