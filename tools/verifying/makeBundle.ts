import { canonicalBytes, TributaryError, type Digest } from '../../kernel/index.ts'
import { getAdapter, getVersion, samplesOfVersion } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { readTrainingCard } from '../training/readTrainingCard.ts'
import { bundleSchema, type Bundle } from './bundle.ts'

/**
 * The bundle of an adapter that was trained here, stored as a blob. The same adapter gives the same bytes on the same class
 * of machine. Throws store/not-found, store/erased, bond/gpu-trained.
 */
export async function makeBundle(
  { store, blobs, engine }: Pick<ToolContext, 'store' | 'blobs' | 'engine'>,
  adapter: Digest,
): Promise<{ digest: Digest; bundle: Bundle }> {
  const { cardDigest, run } = await getAdapter(store, { digest: adapter })
  const card = await readTrainingCard({ blobs }, cardDigest)
  if (card.device !== undefined) {
    throw new TributaryError(
      'This adapter was trained by a GPU worker, and strangers retrain with the embedded engine.',
      {
        code: 'bond/gpu-trained',
        facts: { adapter },
        tryThis: 'train without --device gpu where others are to verify it',
      },
    )
  }
  const plan = await readRunPlan({ blobs }, { run })
  const { number } = await getVersion(store, { root: plan.datanetRoot })
  const all = await samplesOfVersion(store, { datanet: plan.datanet, number })
  const byId = new Map(all.map((sample) => [sample.id, sample]))
  const bundle = bundleSchema.parse({
    v: 1,
    adapter,
    plan,
    card,
    machine: engine.stamp,
    version: [...byId.keys()].toSorted(),
    samples: plan.samples.flatMap(({ id }) => byId.get(id) ?? []),
  } satisfies Bundle)
  return { digest: await blobs.put(canonicalBytes(bundle)), bundle }
}
