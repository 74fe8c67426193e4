import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const retrainPiece = defineTool({
  name: 'retrain_piece',
  summary:
    'Train some of an evaluation’s adapters for real, each without its samples, and measure its queries with them. Keeps the losses by digest; the same piece gives the same bytes.',
  effect: 'write',
  input: z.object({
    evaluation: digestString,
    state: digestString.describe('of the finished unroll, which names the top samples'),
    from: z.int().min(0),
    to: z.int().min(1),
  }),
  output: z.object({ losses: digestString.describe('blob of float64 [trainings, queries], nats') }),
})
