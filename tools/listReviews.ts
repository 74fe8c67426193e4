import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const review = z.object({
  workflow: z.string(),
  datanet: z.string(),
  startedAt: z.string(),
  samples: z.array(
    z.object({
      sample: digestString,
      rule: z.string().describe('that it passed narrowly'),
      doubt: z.string(),
      prompt: z.string(),
      completion: z.string(),
      source: z.string(),
    }),
  ),
})
export type Review = z.output<typeof review>

export const listReviews = defineTool({
  name: 'list_reviews',
  summary:
    'List the curations that wait for a person, each with its doubtful samples: their texts, and what the rules were not sure about.',
  effect: 'read',
  input: z.object({}),
  output: z.object({ reviews: z.array(review) }),
})
