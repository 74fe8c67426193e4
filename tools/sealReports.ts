import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { memberReport } from './retrainDrawn.ts'

export const sealReports = defineTool({
  name: 'seal_reports',
  summary:
    'Lock a report bond on each drawn member with the digest that training it again gave, sealed, so that nobody copies it. A report that differs from what others find, or is never opened, loses its bond.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({ adapter: digestString, reports: z.array(memberReport).min(1) }),
  output: z.object({
    adapter: digestString,
    sealed: z.array(z.int()).describe('slots'),
    waitMs: z.int().describe('until they can be opened'),
  }),
})
