import { randomBytes } from 'node:crypto'
import {
  commitBatch,
  makeSample,
  nobody,
  noCommitment,
  normaliseLicence,
  verifyContribution,
} from '../datanets/index.ts'
import { payeeIdString, type Digest } from '../kernel/index.ts'
import { addContributions, listContributions, openDatanet } from '../store/index.ts'
import type { contribute } from './contribute.ts'
import { postBatches } from './postBatches.ts'
import type { Run } from './runTool.ts'

/**
 * Every signature is checked before anything is stored; then commit, then reveal, as for an import. Samples that are in the
 * Datanet already are not added again: the call returns the batch that they came in with.
 */
export const run: Run<typeof contribute> = async ({ datanet, contributor, samples: given }, ctx) => {
  const { store, chain, now } = ctx
  const payee = payeeIdString.parse(contributor.toLowerCase())
  const scope = { chainId: chain.chainId, registry: chain.contracts.datanetRegistry }
  const signed = []
  for (const { signature, ...fields } of given) {
    const licence = normaliseLicence(fields.licence) ?? fields.licence
    const sample = makeSample({ ...fields, licence, payee })
    const terms = { datanet, sample: sample.id, payee, licence, commitment: noCommitment, importedBy: nobody }
    await verifyContribution(terms, signature, scope)
    signed.push({ sample, signature })
  }
  await openDatanet(store, { id: datanet, title: datanet, atMs: now() })
  const known = new Set((await listContributions(store, { datanet })).map(({ sample }) => sample))
  const fresh = signed.filter(({ sample }) => !known.has(sample.id))
  if (fresh.length > 0) {
    const secret = `0x${randomBytes(32).toString('hex')}` as Digest
    const { root, commitments, salts } = commitBatch(
      fresh.map(({ sample }) => sample),
      { secret },
    )
    const items = fresh.map(({ sample, signature }, i) => ({
      sample,
      signature,
      salt: salts[i] as Digest,
      commitment: commitments[i] as Digest,
    }))
    await addContributions(store, { datanet, batchRoot: root, items })
  }
  const own = new Set(signed.map(({ sample }) => sample.id))
  const contributions = (await postBatches(ctx, datanet)).filter(({ sample }) => own.has(sample))
  const { batchRoot, batchTx } = contributions.at(-1) as (typeof contributions)[number]
  return { batchRoot, transaction: batchTx ?? '', samples: contributions.map(({ sample }) => sample) }
}
