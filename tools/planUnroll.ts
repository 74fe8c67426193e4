import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const planUnroll = defineTool({
  name: 'plan_unroll',
  summary:
    'Fix what an exact unroll differentiates: one answer, or the fee-weighted mean of all answers of an adapter in an epoch. Replays the recorded run first, and refuses one that does not end in the adapter. The same input gives the same plan.',
  effect: 'write',
  input: z
    .object({
      receipt: digestString.optional().describe('one answer'),
      adapter: digestString
        .optional()
        .describe('with an epoch: whose answers; with a receipt: the adapter it must be of'),
      epoch: z.int().min(1).optional().describe('all answers of the adapter in it, weighted by their fees'),
    })
    .refine(
      ({ receipt, adapter, epoch }) => (receipt === undefined) !== (adapter === undefined || epoch === undefined),
      {
        message: 'name a receipt, or an adapter and an epoch',
      },
    ),
  output: z.object({
    unroll: digestString.describe('of the plan'),
    adapter: digestString,
    steps: z.int(),
    answers: z.int(),
    blocks: z.array(z.object({ from: z.int(), to: z.int() })).describe('of steps, backwards'),
  }),
})
