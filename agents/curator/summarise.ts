import { digestOf, TributaryError, type Decision, type Digest } from '../../kernel/index.ts'

/** What one batch of check_samples came to. `uncertain` ones passed narrowly, and are reviewed. */
export type Batch = {
  from: number
  checked: number
  rejected: number
  uncertain: number
  byRule: Record<string, number>
  decisions: Digest
}

/** What find_duplicates came to, about all samples that neither a rule nor a review rejected. */
export type Duplicates = { checked: number; duplicates: number; byRule: Record<string, number>; decisions: Digest }

export type CurationSummary = {
  samples: number
  accepted: number
  rejected: number
  byRule: Record<string, number>
  /** Digest over the digests of all batches, of the duplicates, then of the rejections by review if there were any. */
  decisions: Digest
}

/**
 * The outcome of a curation: every sample is counted once, as accepted or rejected.
 * Throws curator/uncounted when batches, duplicates and reviewed decisions do not add up to `samples`.
 */
export function summarise(
  samples: number,
  made: {
    batches: readonly Batch[]
    duplicates: Duplicates
    /** What was said of uncertain samples, and the digest under which the rejections among them were stored. */
    reviewed: { decisions: readonly Decision[]; digest?: Digest | undefined }
  },
): CurationSummary {
  const { batches, duplicates, reviewed } = made
  const refused = reviewed.decisions.filter(({ verdict }) => verdict === 'reject')
  const byRule: Record<string, number> = {}
  const add = (rule: string, count: number) => (byRule[rule] = (byRule[rule] ?? 0) + count)
  for (const part of [...batches, duplicates]) for (const [rule, count] of Object.entries(part.byRule)) add(rule, count)
  for (const { rule } of refused) add(rule, 1)

  const rejectedAlone = batches.reduce((total, batch) => total + batch.rejected, 0)
  const accepted = duplicates.checked - duplicates.duplicates
  const rejected = rejectedAlone + duplicates.duplicates + refused.length
  if (accepted + rejected !== samples) {
    throw new TributaryError('The curation did not decide on every sample exactly once.', {
      code: 'curator/uncounted',
      facts: { samples, accepted, rejected },
      tryThis: 'a tool counts wrongly, or samples were added meanwhile: run the curation again',
    })
  }
  const digests = [...batches.map((batch) => batch.decisions), duplicates.decisions]
  return {
    samples,
    accepted,
    rejected,
    byRule,
    decisions: digestOf(reviewed.digest ? [...digests, reviewed.digest] : digests),
  }
}
