import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'
import { decision } from './decision.ts'

export const auditorInput = z.object({
  epoch: z.int().min(1).optional().describe('the last one that was split unless given'),
  count: z.int().min(1).max(200).default(5).describe('answers to draw, by the epoch’s root'),
  disputes: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .describe(
      'most answers that may be disputed on chain, each with a bond that the loser loses; else findings are filed',
    ),
})

/** The auditor, as whoever starts it sees it. */
export const auditorContract = {
  summary: 'Draws answers of an epoch by its root, recomputes each from the ground up, and files what does not hold.',
  input: auditorInput,
  output: z.object({
    epoch: z.int(),
    root: digestString,
    passed: z.int(),
    failed: z.int(),
    notReproducible: z.int(),
    findings: z.array(
      z.object({
        receipt: digestString,
        check: z.string(),
        culprit: z.string().nullable(),
        action: z.enum(['filed', 'disputed']),
        finding: digestString.nullable(),
        transaction: z.string().nullable(),
      }),
    ),
    decisions: z.array(decision),
  }),
}
