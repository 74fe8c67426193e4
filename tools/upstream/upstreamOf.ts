import { upstreamCard, upstreamRecipe, type UpstreamCard } from '../../models/index.ts'
import { findError, type Digest } from '../../kernel/index.ts'
import type { Prices } from '../context.ts'
import { getAdapter, type Blobs, type Store } from '../../store/index.ts'

// A card is what its digest says, for good: each is read once a process.
const known = new WeakMap<Store, Map<Digest, UpstreamCard | null>>()

/** The card of a model that is resold; undefined for one that was trained here, or that nobody knows. */
export async function upstreamOf(
  { store, blobs }: { store: Store; blobs: Blobs },
  model: Digest,
): Promise<UpstreamCard | undefined> {
  const ofStore = known.get(store) ?? new Map<Digest, UpstreamCard | null>()
  known.set(store, ofStore)
  const before = ofStore.get(model)
  if (before !== undefined) return before ?? undefined
  try {
    const { recipe, cardDigest } = await getAdapter(store, { digest: model })
    const card =
      recipe === upstreamRecipe
        ? upstreamCard.parse(JSON.parse(Buffer.from(await blobs.get(cardDigest)).toString()))
        : null
    ofStore.set(model, card)
    return card ?? undefined
  } catch (failure) {
    if (findError(failure)?.code === 'store/not-found') return undefined
    throw failure
  }
}

/** The price list of a resold model, as its card has it. */
export function pricesOf({ price }: UpstreamCard): Prices {
  return {
    platformWei: BigInt(price.platformWei),
    inputWeiPer1000: BigInt(price.inputWeiPer1000),
    outputWeiPer1000: BigInt(price.outputWeiPer1000),
  }
}
