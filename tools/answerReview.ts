import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

/** What a person says of one doubtful sample. The reason is for its contributor. */
export const reviewVerdict = z.object({
  sample: digestString,
  verdict: z.enum(['accept', 'reject']),
  reason: z.string().min(1).max(2_000),
})

export const answerReview = defineTool({
  name: 'answer_review',
  summary:
    'Answer a curation that asks a person: a verdict on each of its doubtful samples, with a reason that their contributors read. The curation goes on.',
  effect: 'write',
  input: z.object({
    workflow: z.string().min(1).max(1_000).describe('the curation, as list_reviews names it'),
    verdicts: z.array(reviewVerdict).max(10_000).default([]),
    others: reviewVerdict.omit({ sample: true }).optional().describe('the verdict on all samples that verdicts leaves out'),
  }),
  output: z.object({ workflow: z.string(), accepted: z.int(), rejected: z.int() }),
}) // prettier-ignore
