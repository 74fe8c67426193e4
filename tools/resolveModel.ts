import { TributaryError, type Digest } from '../kernel/index.ts'
import { listAliases, type Queryable } from '../store/index.ts'

/** The adapter behind an alias, or behind its own digest. Weights are always meant by digest; a name is resolved once, here. */
export async function resolveModel(store: Queryable, model: string): Promise<Digest> {
  const aliases = await listAliases(store, {})
  // The last entry of a name is what it means now; a digest is sold if it ever had a name.
  const meaning = new Map(aliases.map(({ name, adapter }) => [name, adapter]))
  const asDigest = aliases.find(({ adapter }) => adapter === model)?.adapter
  const adapter = asDigest ?? meaning.get(model)
  if (adapter) return adapter
  const known = [...meaning.keys()]
  throw new TributaryError(`No model is on sale under the name ${model.slice(0, 80)}.`, {
    code: 'models/unknown-model',
    facts: { model: model.slice(0, 80), known },
    tryThis: 'list the models: GET /v1/models',
  })
}
