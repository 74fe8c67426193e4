import { z } from 'zod'
import type { Decision } from '../../kernel/index.ts'
import { reviewVerdict } from '../../tools/definitions.ts'
import type { UncertainSample } from './ports.ts'

/** A person's answer: one verdict for each sample that was asked about. */
export const reviewAnswer = z.array(reviewVerdict)
export type ReviewAnswer = z.infer<typeof reviewAnswer>

/** The decisions that an answer makes, or what is wrong with the answer. */
export function decisionsOf(uncertain: readonly UncertainSample[], answer: unknown): Decision[] | { problem: string } {
  const parsed = reviewAnswer.safeParse(answer)
  if (!parsed.success)
    return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') }
  const bySample = new Map(parsed.data.map((one) => [one.sample, one]))
  const missing = uncertain.filter(({ sample }) => !bySample.has(sample))
  if (missing.length > 0) return { problem: `no verdict on ${missing.map(({ sample }) => sample).join(', ')}` }
  if (bySample.size !== uncertain.length || parsed.data.length !== uncertain.length) {
    return { problem: 'verdicts on samples that were not asked about, or two on one' }
  }
  return uncertain.map(({ sample }) => {
    const { verdict, reason } = bySample.get(sample)!
    return { sample, verdict, rule: 'review/person', reason }
  })
}

/** Where the operator wants nothing that is doubtful: out, with the reason a contributor can act on. */
export function unattended(uncertain: readonly UncertainSample[]): Decision[] {
  return uncertain.map(({ sample, rule, reason }) => ({
    sample,
    verdict: 'reject',
    rule: 'review/unattended',
    reason: `${rule} was not sure and nobody was to be asked: ${reason}`,
  }))
}
