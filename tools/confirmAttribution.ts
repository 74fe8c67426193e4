import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { adapterScoring, answerForm } from './settlement/scoringReport.ts'

export const confirmAttribution = defineTool({
  name: 'confirm_attribution',
  summary:
    'Score an answer as it is paid: its loss under every counterfactual adapter (forward form) or its linear scores, split inside groups by the epoch’s unroll.',
  effect: 'write',
  input: z.object({ receipt: digestString, form: answerForm, scoring: adapterScoring }),
  output: z.object({ receipt: digestString, attribution: digestString }),
})
