import {
  digestOf,
  digestTree,
  TributaryError,
  type Decision,
  type Digest,
  type DigestProof,
  type PayeeId,
  type Sample,
} from '../../kernel/index.ts'
import { defaultCurationOptions, type CurationOptions } from '../curation/rule.ts'

/** What a version of a Datanet holds, for people and machines. Its canonical digest goes on chain with the root. */
export type DatanetCard = {
  v: 1
  datanet: string
  root: Digest
  samples: number
  rejected: number
  clusters: number
  contributors: number
  licences: { licence: string; samples: number }[]
  payees: { payee: PayeeId; samples: number }[]
  /** Rejections by rule. */
  rules: { rule: string; samples: number }[]
  /** Digest of the curation options that were in force. */
  curation: Digest
  /** Digest over the names and contents of what was imported. */
  sources: Digest
  /** Root of the version before this one. */
  previous: Digest | null
  /** Of what its samples are searched by when a text is traced; absent in cards of before there was an index. */
  indexes?: IndexRoot[]
}

/** An index over the samples of a version, as its card names it. */
export type IndexRoot = { alphabet: 'tokens' | 'bytes'; tokenizer: Digest; root: Digest }

export type DatanetVersion = {
  root: Digest
  /** Ids in the order of the tree: ascending. */
  sampleIds: Digest[]
  licences: string[]
  licencesDigest: Digest
  card: DatanetCard
  cardDigest: Digest
  /** Throws datanets/not-in-version for a sample that was not accepted. */
  proof: (sample: Digest) => DigestProof
}

/**
 * Freezes the accepted samples: a Merkle root over their ids in ascending order (the same set is the same version,
 * whatever the order), the sorted set of their licences, and the card. Pure. Throws datanets/nothing-accepted, or
 * datanets/undecided for a sample without a decision. Cost: 2 hashes a sample.
 */
export function versionOf({
  datanet,
  samples,
  decisions,
  sources,
  options = defaultCurationOptions,
  previous = null,
  indexes,
}: {
  datanet: string
  samples: readonly Sample[]
  decisions: readonly Decision[]
  sources: Digest
  options?: CurationOptions
  previous?: Digest | null
  indexes?: readonly IndexRoot[]
}): DatanetVersion {
  const accepted = acceptedOf(samples, decisions)
  if (accepted.length === 0) {
    throw new TributaryError('Curation accepted no sample, so there is nothing to publish.', {
      code: 'datanets/nothing-accepted',
      facts: { datanet, samples: samples.length },
      tryThis: 'read the reasons of the decisions, mend the corpus, and import it again',
    })
  }
  const sampleIds = accepted.map(({ id }) => id).toSorted()
  const tree = digestTree(sampleIds)
  const places = new Map(sampleIds.map((id, i) => [id, i]))
  const rejected = decisions.filter(({ verdict }) => verdict === 'reject')
  const byLicence = count(accepted.map(({ licence }) => licence))
  const byPayee = count(accepted.map(({ payee }) => payee))
  const card: DatanetCard = {
    v: 1,
    datanet,
    root: tree.root,
    samples: accepted.length,
    rejected: rejected.length,
    clusters: clustersOf(decisions),
    contributors: byPayee.length,
    licences: byLicence.map(([licence, n]) => ({ licence, samples: n })),
    payees: byPayee.map(([payee, n]) => ({ payee, samples: n })),
    rules: count(rejected.map(({ rule }) => rule)).map(([rule, n]) => ({ rule, samples: n })),
    curation: digestOf(options),
    sources,
    previous,
    ...(indexes === undefined
      ? {}
      : { indexes: indexes.map(({ alphabet, tokenizer, root }) => ({ alphabet, tokenizer, root })) }),
  }
  const licences = byLicence.map(([licence]) => licence)
  return {
    root: tree.root,
    sampleIds,
    licences,
    licencesDigest: digestOf(licences),
    card,
    cardDigest: digestOf(card),
    proof: (sample) => {
      const place = places.get(sample)
      if (place !== undefined) return tree.proof(place)
      throw new TributaryError('This sample is not in the version.', {
        code: 'datanets/not-in-version',
        facts: { sample, root: tree.root },
        tryThis: 'ask for a sample that curation accepted, or for another version',
      })
    },
  }
}

/** The accepted ones of samples, in their order. Throws datanets/undecided for a sample without a decision. */
export function acceptedOf(samples: readonly Sample[], decisions: readonly Decision[]): Sample[] {
  const verdicts = new Map(decisions.map(({ sample, verdict }) => [sample, verdict]))
  return samples.filter(({ id }) => {
    const verdict = verdicts.get(id)
    if (verdict !== undefined) return verdict === 'accept'
    throw new TributaryError('Curation has not decided about every sample.', {
      code: 'datanets/undecided',
      facts: { sample: id },
      tryThis: 'curate the Datanet before a version is published',
    })
  })
}

/** How many accepted samples have later copies. */
export function clustersOf(decisions: readonly Decision[]): number {
  return new Set(decisions.flatMap(({ cluster }) => (cluster === undefined ? [] : [cluster]))).size
}

/** Counts, by name in ascending order of UTF-16 units, which no locale changes. */
function count<T extends string>(values: readonly T[]): [T, number][] {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
