import { z } from 'zod'
import { digestString, ppmInteger } from '../../kernel/index.ts'

/** How the answers of one adapter are split inside payee groups. */
export const adapterScoring = z.object({
  adapter: digestString,
  groups: z.int(),
  /** Scores of all samples for the fee-weighted mean of the answers, float64 [N]; null where the run cannot be replayed. */
  sampleScores: digestString.nullable(),
  /**
   * Rank correlation over the groups, in millionths: the samples' scores summed, against what retraining without the group
   * did to the same answers, to first order. Null where fewer than three groups are too few to rank.
   */
  rankPpm: z.int().min(-1_000_000).max(1_000_000).nullable(),
  /** Why they do not split the groups; null where they do. */
  fallback: z.enum(['not-replayable', 'below-floor']).nullable(),
})
export type AdapterScoring = z.output<typeof adapterScoring>

export const answerForm = z.enum(['forward', 'linear'])
export type AnswerForm = z.output<typeof answerForm>

/** How an epoch's answers were scored before they were paid. Its digest is part of the epoch's evidence on chain. */
export const scoringReport = z.object({
  v: z.literal(1),
  epoch: z.int(),
  /** Its hash draws which answers are scored exactly beyond those that the rule names. */
  drawBlock: z.int(),
  seed: digestString,
  adapters: z.array(adapterScoring),
  answers: z.array(z.object({ receipt: digestString, form: answerForm })),
  /** Half the sum of differences between shares by the linear and by the forward form, where an answer has both. */
  linear: z.object({ answers: z.int(), meanDistancePpm: ppmInteger, worstDistancePpm: ppmInteger }),
})
export type ScoringReport = z.output<typeof scoringReport>
