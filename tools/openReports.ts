import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { memberReport } from './retrainDrawn.ts'

export const openReports = defineTool({
  name: 'open_reports',
  summary:
    'Open the sealed reports on the drawn members of an adapter set, in the time for that: the same digest attests, another objects.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ adapter: digestString, reports: z.array(memberReport).min(1) }),
  output: z.object({
    adapter: digestString,
    attested: z.array(z.int()).describe('slots'),
    objected: z.array(z.int()).describe('slots'),
    lost: z.array(z.int()).describe('slots whose time for opening is over: their bonds are lost'),
    waitMs: z.int().describe('until the round ends'),
  }),
})
