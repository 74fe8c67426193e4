import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const auditUnroll = defineTool({
  name: 'audit_unroll',
  summary:
    'Walk the exact unroll that split the epoch of an answer again, from the recorded run, and compare the samples’ scores byte by byte. Costs two trainings of the adapter, so it is the operator’s to ask.',
  effect: 'read',
  input: z.object({ receipt: digestString }),
  output: z.object({
    receipt: digestString,
    epoch: z.int(),
    adapter: digestString,
    verdict: z.enum(['PASS', 'FAIL']),
    samples: z.int(),
    different: z.int().describe('samples whose score differs'),
    largestNats: z.number().describe('largest difference'),
  }),
})
