import type { Digest } from '../../kernel/index.ts'
import { getAdapter, type AdapterWithFiles, type Queryable } from '../../store/index.ts'

type Origin = Pick<AdapterWithFiles, 'base' | 'datanet' | 'recipe'>

const known = new WeakMap<Queryable, Map<Digest, Origin>>()

/** Where an adapter comes from. Its digest says so for good: each is looked up once a process. Throws store/not-found. */
export async function originOf(store: Queryable, adapter: Digest): Promise<Origin> {
  const ofStore = known.get(store) ?? new Map<Digest, Origin>()
  known.set(store, ofStore)
  const found = ofStore.get(adapter)
  if (found) return found
  const { base, datanet, recipe } = await getAdapter(store, { digest: adapter })
  ofStore.set(adapter, { base, datanet, recipe })
  return { base, datanet, recipe }
}
