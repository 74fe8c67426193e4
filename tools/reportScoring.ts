import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { adapterScoring, scoringReport } from './settlement/scoringReport.ts'

export const reportScoring = defineTool({
  name: 'report_scoring',
  summary: 'Publish how the answers of an epoch were scored, with the measured error of the linear form.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1), adapters: z.array(adapterScoring) }),
  output: z.object({ epoch: z.int(), report: digestString, linear: scoringReport.shape.linear }),
})
