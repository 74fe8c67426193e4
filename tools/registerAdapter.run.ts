import { registerModel } from '../chain/index.ts'
import { digestOf, TributaryError, type Address, type Digest } from '../kernel/index.ts'
import { getAdapter, getRun, getVersion, markAdapterOnChain, setAlias } from '../store/index.ts'
import { ensureAdapter } from './ensureAdapter.ts'
import type { registerAdapter } from './registerAdapter.ts'
import type { Run } from './runTool.ts'
import { readRunPlan } from './training/readRunPlan.ts'
import { appendTrainingEvent } from './training/trainingEvents.ts'

export const run: Run<typeof registerAdapter> = async ({ run: id }, ctx) => {
  const { store, chain, keys, now, governed } = ctx
  const { adapter: made } = await getRun(store, { id })
  if (made === null) {
    throw new TributaryError('This run has no adapter yet.', {
      code: 'tools/run-not-finished',
      facts: { run: id },
      tryThis: 'finish it first: tributary tools finish-training',
    })
  }
  const { digest, base, datanet, recipe, counterfactualRoot, cardDigest } = await getAdapter(store, {
    digest: made,
  })
  const { licences } = await getVersion(store, { root: datanet })
  const { alias } = await readRunPlan(ctx, { run: id })
  const { tx } = await registerModel(chain, {
    adapter: digest,
    base,
    datanet,
    recipe,
    counterfactuals: counterfactualRoot,
    card: cardDigest,
    licences: digestOf(licences),
    rule: digestOf(governed.rule()),
    modelOwner: keys.modelOwner.address as Address,
  })
  await markAdapterOnChain(store, { digest, tx: tx as Digest })
  await ensureAdapter(ctx, digest)
  await setAlias(store, { name: alias, adapter: digest, atMs: now() })
  await appendTrainingEvent(ctx, id, 'published', { kind: 'published', body: { adapter: digest, alias } })
  return { adapter: digest, alias, card: cardDigest, transaction: tx }
}
