import { z } from 'zod'

/** What is known of the error of one answer's scores: `null` where nothing was measured, never a guess. */
export const confidenceSchema = z.object({
  groups: z
    .enum(['exact', 'first-order', 'fallback'])
    .describe('exact: the loss of this answer was computed with each adapter that was trained without a group'),
  linearError: z
    .object({ epoch: z.int(), answers: z.int(), meanDistancePpm: z.int(), worstDistancePpm: z.int() })
    .nullable()
    .describe(
      'between first-order and exact shares of the groups, over answers of the epoch that were scored both ways: half the sum of differences',
    ),
  insideGroups: z.object({
    method: z.string(),
    rankPpm: z
      .int()
      .nullable()
      .describe('rank correlation of its sums over groups with what retraining without them did'),
  }),
  fallback: z
    .enum(['not-replayable', 'below-floor'])
    .nullable()
    .describe('why the exact unroll does not split the groups'),
  evidence: z
    .object({
      method: z.string(),
      ldsPpm: z.int().describe('mean rank correlation with retraining'),
      lower90Ppm: z.int(),
      fractionPpm: z.int().describe('of the samples that were removed'),
      trainings: z.int(),
      queries: z.int(),
    })
    .nullable()
    .describe('of the adapter: how well the split predicts retraining without samples, by tributary evaluate'),
  words: z.array(z.string()),
})
export type Confidence = z.infer<typeof confidenceSchema>

/** What is known, as it is stored: of the methods, of the epoch's report, of the adapter's own evidence. */
export type Known = {
  methods: { group: string; sample: string }
  linearError: Confidence['linearError']
  rankPpm: number | null
  fallback: Confidence['fallback']
  evidence: Confidence['evidence']
}

/** The error of an answer's scores, in numbers and in sentences that a contributor can read. Pure. */
export function confidenceOf({ methods, linearError, rankPpm, fallback, evidence }: Known): Confidence {
  const groups = groupsOf(methods.group)
  const words = [forms[groups]]
  if (groups === 'first-order') {
    words.push(
      linearError === null
        ? 'By how much first-order shares are off has not been published for this answer’s epoch.'
        : `Over ${linearError.answers} answers of epoch ${linearError.epoch} that were scored both ways, first-order shares of the groups were off by ${percent(linearError.meanDistancePpm)} on average and ${percent(linearError.worstDistancePpm)} at worst (half the sum of the differences).`,
    )
  }
  words.push(
    `Inside a group the split is by ${methods.sample}. ${
      rankPpm === null
        ? 'How well it agrees with retraining is not measured for this answer.'
        : `Summed over whole groups, it orders them as retraining without them did, with a rank correlation of ${hundredths(rankPpm)}.`
    }`,
  )
  if (fallback !== null) words.push(fallbacks[fallback])
  if (evidence !== null) {
    const { method, ldsPpm, lower90Ppm, fractionPpm, trainings, queries } = evidence
    words.push(
      `This adapter was evaluated: ${trainings} trainings without ${percent(fractionPpm)} of its samples each. What ${method} had predicted for ${queries} held-out texts has a rank correlation with it (LDS) of ${hundredths(ldsPpm)}, at least ${hundredths(lower90Ppm)} with 90 % confidence.`,
    )
  }
  words.push('Scores are removal effects of one training run. Another seed gives other scores.')
  return { groups, linearError, insideGroups: { method: methods.sample, rankPpm }, fallback, evidence, words }
}

const fallbacks = {
  'not-replayable': 'The exact unroll could not split the groups, because the training run cannot be replayed.',
  'below-floor':
    'That correlation is below the floor of the rule, so nothing is split inside groups: their money goes to the pool.',
} satisfies Record<NonNullable<Confidence['fallback']>, string>

const forms = {
  exact:
    'The effects of the groups are exact: the loss of this answer was computed with each adapter that was trained without a group.',
  'first-order':
    'The effects of the groups are first-order: one gradient of this answer, times what leaving a group out changed in the adapter. The exact form was not computed for it.',
  fallback: 'The effects of the groups do not come from adapters that were trained without them.',
} satisfies Record<Confidence['groups'], string>

function groupsOf(method: string): Confidence['groups'] {
  if (method.startsWith('counterfactual-forward/')) return 'exact'
  return method.startsWith('counterfactual-linear/') ? 'first-order' : 'fallback'
}

function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(1)} %`
}

function hundredths(ppm: number): string {
  return (ppm / 1e6).toFixed(2)
}
