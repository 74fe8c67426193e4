import { digestOf, TributaryError, type Decision, type Digest } from '../../kernel/index.ts'

/** What one batch of check_samples came to. */
export type Batch = {
  from: number
  checked: number
  accepted: number
  rejected: number
  uncertain: number
  byRule: Record<string, number>
  decisions: Digest
}

export type CurationSummary = {
  samples: number
  accepted: number
  rejected: number
  byRule: Record<string, number>
  /** Digest over the digests of all batches, then of the reviewed decisions if there were any. */
  decisions: Digest
}

/**
 * The outcome of a curation: every sample is counted once, as accepted or rejected.
 * Throws curator/uncounted when batches and reviewed decisions do not add up to `samples`.
 */
export function summarise(
  samples: number,
  batches: readonly Batch[],
  reviewed: { decisions: readonly Decision[]; digest: Digest } | undefined,
): CurationSummary {
  const made = reviewed?.decisions ?? []
  const refused = made.filter(({ verdict }) => verdict === 'reject')
  const byRule: Record<string, number> = {}
  const add = (rule: string, count: number) => (byRule[rule] = (byRule[rule] ?? 0) + count)
  for (const batch of batches) for (const [rule, count] of Object.entries(batch.byRule)) add(rule, count)
  for (const { rule } of refused) add(rule, 1)

  const sum = (of: (batch: Batch) => number) => batches.reduce((total, batch) => total + of(batch), 0)
  const accepted = sum((batch) => batch.accepted) + made.length - refused.length
  const rejected = sum((batch) => batch.rejected) + refused.length
  if (accepted + rejected !== samples) {
    throw new TributaryError('The curation did not decide on every sample exactly once.', {
      code: 'curator/uncounted',
      facts: { samples, accepted, rejected },
      tryThis: 'a tool counts wrongly, or samples were added meanwhile: run the curation again',
    })
  }
  const digests = batches.map((batch) => batch.decisions)
  return {
    samples,
    accepted,
    rejected,
    byRule,
    decisions: digestOf(reviewed ? [...digests, reviewed.digest] : digests),
  }
}
