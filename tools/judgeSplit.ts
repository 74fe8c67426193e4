import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { adapterScoring } from './settlement/scoringReport.ts'

export const judgeSplit = defineTool({
  name: 'judge_split',
  summary:
    'Compare the samples’ scores of an epoch, summed by payee group, with what real retraining without each group did, and say whether they may split money.',
  effect: 'read',
  input: z.object({
    epoch: z.int().min(1),
    adapter: digestString,
    sampleScores: digestString.nullable().describe('of the epoch’s unroll; null where the run could not be replayed'),
  }),
  output: adapterScoring,
})
