import { publishVersion as publishOnChain } from '../chain/index.ts'
import { acceptedOf, versionOf } from '../datanets/index.ts'
import { canonicalBytes, digestOf, digestText, TributaryError, type Digest } from '../kernel/index.ts'
import {
  latestCuration,
  listContributions,
  listDecisions,
  listSamples,
  listVersions,
  markVersionOnChain,
  saveVersion,
} from '../store/index.ts'
import type { publishVersion } from './publishVersion.ts'
import type { Run } from './runTool.ts'
import { syncDatanet } from './verbatim/syncDatanet.ts'

export const run: Run<typeof publishVersion> = async ({ datanet }, ctx) => {
  const { store, blobs, chain, now } = ctx
  const samples = await listSamples(store, { datanet })
  const curation = await latestCuration(store, { datanet })
  if (curation === undefined) {
    throw new TributaryError('Nobody has curated this Datanet yet.', {
      code: 'tools/not-curated',
      facts: { datanet, samples: samples.length },
      tryThis: `curate it first: tributary tools curate --datanet ${datanet}`,
    })
  }
  const decisions = await listDecisions(store, { datanet, curation })
  const batches = [...new Set((await listContributions(store, { datanet })).map(({ batchRoot }) => batchRoot))]
  const earlier = await listVersions(store, { datanet })
  const accepted = acceptedOf(samples, decisions)
  const version = versionOf({
    datanet,
    samples,
    decisions,
    sources: digestOf(batches),
    previous: earlier.at(-1)?.root ?? null,
    // Their roots are in the card, so that they are on chain with the version.
    ...(accepted.length > 0 ? { indexes: await syncDatanet(ctx, { datanet, samples: accepted }) } : {}),
  })
  const { root, licences, licencesDigest, card, sampleIds } = version
  // The same samples are the same version: its first card stays.
  const same = earlier.find((known) => known.root === root)
  const cardDigest = same?.cardDigest ?? (await blobs.put(canonicalBytes(card)))
  const saved = await saveVersion(store, {
    datanet,
    root,
    licences,
    cardDigest,
    curation,
    samples: sampleIds,
    atMs: now(),
  })
  const { tx } = await publishOnChain(chain, {
    datanet: digestText(datanet),
    root,
    licences: licencesDigest,
    card: cardDigest,
    samples: sampleIds.length,
  })
  await markVersionOnChain(store, { datanet, number: saved.number, tx: tx as Digest })
  return {
    root,
    version: saved.number,
    accepted: sampleIds.length,
    rejected: decisions.length - sampleIds.length,
    clusters: card.clusters,
    contributors: card.contributors,
    licences,
    card: cardDigest,
    transaction: tx,
  }
}
