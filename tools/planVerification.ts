import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { bondCase } from './bondStatus.ts'
import { defineTool } from './defineTool.ts'

export const planVerification = defineTool({
  name: 'plan_verification',
  summary:
    'Draw the members of an adapter set that are to be trained again, unless somebody did, and compare everything in its bundle with what stands on chain. Trains nothing.',
  effect: 'write',
  input: z.object({
    adapter: digestString,
    bundleFile: z.string().optional().describe('the bundle as a file; else it must be among the blobs of this home'),
  }),
  output: z.object({
    adapter: digestString,
    bundle: digestString,
    cases: z.array(bondCase),
    steps: z.int(),
    samples: z.int(),
    blocks: z.array(z.object({ from: z.int(), to: z.int() })),
  }),
})
