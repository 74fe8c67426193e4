import { randomBytes } from 'node:crypto'
import { commitBatch as commitOnChain } from '../chain/index.ts'
import {
  commitBatch,
  makeSample,
  nobody,
  noCommitment,
  normaliseLicence,
  verifyContribution,
} from '../datanets/index.ts'
import { digestText, payeeIdString, TributaryError, type Address, type Digest } from '../kernel/index.ts'
import { addContributions, listContributions, markBatchOnChain, markRevealed, openDatanet } from '../store/index.ts'
import type { contribute } from './contribute.ts'
import type { Run } from './runTool.ts'

/** Every signature is checked before anything is stored; then commit, then reveal, as for an import. */
export const run: Run<typeof contribute> = async ({ datanet, contributor, samples: given }, { store, chain, now }) => {
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
  if (fresh.length === 0) {
    throw new TributaryError('All of these samples are in the Datanet already.', {
      code: 'datanets/repeated-sample',
      facts: { datanet, samples: signed.length },
      tryThis:
        'contribute something new; a change of one letter makes a new sample, but not past the near-duplicate rule',
    })
  }
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
  const { tx } = await commitOnChain(chain, { datanet: digestText(datanet), root, count: fresh.length })
  await markBatchOnChain(store, { datanet, batchRoot: root, tx: tx as Digest })
  await markRevealed(store, { datanet, batchRoot: root, atMs: now() })
  return { batchRoot: root, transaction: tx, samples: fresh.map(({ sample }) => sample.id) }
}
