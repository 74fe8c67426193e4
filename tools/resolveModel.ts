import { TributaryError, type Digest } from '../kernel/index.ts'
import { findModel, listAliases, type Queryable } from '../store/index.ts'

/** The adapter behind an alias, or behind its own digest. Weights are always meant by digest; a name is resolved once, here. */
export async function resolveModel(store: Queryable, model: string): Promise<Digest> {
  const adapter = await findModel(store, { model })
  if (adapter) return adapter
  const known = [...new Set((await listAliases(store, {})).map(({ name }) => name))]
  throw new TributaryError(`No model is on sale under the name ${model.slice(0, 80)}.`, {
    code: 'models/unknown-model',
    facts: { model: model.slice(0, 80), known },
    tryThis: 'list the models: GET /v1/models',
  })
}
