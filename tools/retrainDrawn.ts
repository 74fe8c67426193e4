import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const memberReport = z.object({ slot: z.int().min(0), digest: digestString })

export const retrainDrawn = defineTool({
  name: 'retrain_drawn',
  summary:
    'Train the drawn members of an adapter set again from the bundle, through some steps, in a process with an engine of its own. Stopped anywhere, the same call goes on to the same bytes.',
  effect: 'write',
  input: z.object({ adapter: digestString, from: z.int().min(0), to: z.int().min(1) }),
  output: z.object({
    adapter: digestString,
    step: z.int(),
    checkpoint: digestString,
    reports: z
      .array(memberReport.extend({ member: z.int(), committed: digestString, same: z.boolean() }))
      .describe('after the last step: what each drawn member came to, beside what was committed'),
  }),
})
