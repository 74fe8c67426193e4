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
    .enum(['ask', 'reject'])
    .default('reject')
    .describe('ask a person about samples that no rule decides (the run waits), or reject them with that reason'),
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
  }),
}
