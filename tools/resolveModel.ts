import { digestString, TributaryError, type Digest } from '../kernel/index.ts'
import { listAliases, type Queryable } from '../store/index.ts'

/** The adapter behind an alias, or a digest as it is. Weights are always meant by digest; a name is resolved once, here. */
export async function resolveModel(store: Queryable, model: string): Promise<Digest> {
  const asDigest = digestString.safeParse(model)
  if (asDigest.success) return asDigest.data
  // The last entry of a name is what it means now.
  const meaning = new Map((await listAliases(store, {})).map(({ name, adapter }) => [name, adapter]))
  const adapter = meaning.get(model)
  if (adapter) return adapter
  const known = [...meaning.keys()]
  throw new TributaryError(`No model is on sale under the name ${model.slice(0, 80)}.`, {
    code: 'models/unknown-model',
    facts: { model: model.slice(0, 80), known },
    tryThis: 'list the models: GET /v1/models',
  })
}
