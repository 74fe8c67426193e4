import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'

export const curatorInput = z.object({
  datanet: z.string().min(1),
  batch: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('samples per activity: more means fewer steps, and more work lost when one is cut'),
  uncertain: z
    .enum(['decide', 'ask', 'reject'])
    .default('decide')
    .describe(
      'what becomes of samples that passed the rules narrowly: the chat model decides, or without one the policy, which accepts them; a person is asked (the run waits); or all are rejected',
    ),
})

/** The curator, as whoever starts it sees it. */
export const curatorContract = {
  summary: 'Judges every sample of a Datanet: licence, personal data, secrets, quality, then duplicates.',
  input: curatorInput,
  output: z.object({
    samples: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    byRule: z.record(z.string(), z.int()),
    decisions: digestString,
    clusters: z.int(),
    duplicates: z.int(),
    reviewed: z
      .object({ model: z.int(), policy: z.int(), person: z.int() })
      .optional()
      .describe('samples that passed narrowly, by who decided'),
  }),
}
