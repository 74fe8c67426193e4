import { z } from 'zod'
import { defineTool } from './defineTool.ts'

export const trainingEvents = defineTool({
  name: 'training_events',
  summary:
    'Say how far a training is, and what happened since an event: losses, held-out losses, skipped samples, the end. The same events come as a stream from GET /train/<training>/events.',
  effect: 'read',
  input: z.object({
    training: z
      .string()
      .regex(/^0x[0-9a-f]{16}$/)
      .describe('as preview_training and train_adapter name it'),
    after: z.int().min(-1).default(-1).describe('number of the last event that is known'),
  }),
  output: z.object({
    training: z.string(),
    progress: z.object({
      state: z.enum(['waiting', 'preparing', 'training', 'finished', 'published']),
      step: z.int(),
      steps: z.int(),
      lossMicroNats: z.int().nullable(),
      validationLossMicroNats: z.int().nullable(),
      samplesPerSecond: z.number().nullable(),
      etaSeconds: z.int().nullable(),
    }),
    events: z.array(
      z.object({ id: z.int(), atMs: z.int(), kind: z.string(), body: z.record(z.string(), z.unknown()) }),
    ),
  }),
})
