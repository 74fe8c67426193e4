import { z } from 'zod'
import { digestString, payeeIdString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const finishUnroll = defineTool({
  name: 'finish_unroll',
  summary: 'Store the sample scores of an unroll that has reached the first step, and sum them by payee.',
  effect: 'write',
  input: z.object({ unroll: digestString, state: digestString.describe('what the last block left') }),
  output: z.object({
    unroll: digestString,
    adapter: digestString,
    scores: digestString.describe(
      'blob, float64 little-endian: one for each sample of the run in nats, positive = it helped',
    ),
    samples: z.int(),
    payees: z.array(
      z.object({
        payee: payeeIdString,
        samples: z.int(),
        scoreMicroNats: z.int().describe('sum over the samples of the payee'),
      }),
    ),
  }),
})
