import type { Attribution, AttributionTier, Digest } from '../../../kernel/index.ts'
import type { Queryable } from '../../store.ts'
import { signedAttributionOf } from './signedAttributionOf.ts'

/**
 * The scores of a receipt: of the tier that is asked for, else the highest there is, which is what is paid.
 * Throws store/not-found, store/attribution-damaged.
 */
export async function attributionOf(
  store: Queryable,
  asked: { receipt: Digest; tier?: AttributionTier },
): Promise<Attribution> {
  return (await signedAttributionOf(store, asked)).attribution
}
