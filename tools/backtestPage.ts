import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { backtestReport } from './governing/backtestReport.ts'

export const backtestPage = defineTool({
  name: 'backtest_page',
  summary: 'Show a stored back-test of a revenue rule by its digest, whole and as one HTML page with a picture.',
  effect: 'read',
  open: true,
  input: z.object({ report: digestString }),
  output: z.object({
    report: backtestReport,
    html: z.string().describe('a page of its own: it loads nothing and runs nothing'),
  }),
})
