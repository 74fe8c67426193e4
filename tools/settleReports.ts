import { z } from 'zod'
import { digestString, weiString } from '../kernel/index.ts'
import { bondStatus } from './bondStatus.ts'
import { nothingOfOurs } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const settleReports = defineTool({
  name: 'settle_reports',
  summary:
    'End the rounds of an adapter set whose time is over, and collect what the verifier of this home is due of the cases that have ended: its bonds, and its part of what others lost.',
  effect: 'spend',
  mostWei: nothingOfOurs,
  input: z.object({
    adapter: digestString,
    look: z.int().min(1).describe('the how manieth: a later one is another effect'),
  }),
  output: z.object({
    ...bondStatus.output.pick({ adapter: true, verdict: true, cases: true }).shape,
    collectedWei: weiString,
    waitMs: z.int().nullable().describe('until the next round ends; null where all cases have ended'),
  }),
})
