import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

const effect = z.object({
  attributedMicroNats: z.int().describe('removal effect on this answer, as the attribution has it'),
  measuredMicroNats: z.int().describe('the same, measured: loss of the answer without, less its loss with'),
})

export const retrainPayee = defineTool({
  name: 'retrain_payee',
  summary:
    'Audit an attribution by what it claims: train the adapter again from its plan, without the payee and without its group, and measure what that does to the answer. One call trains a block of steps; call again until there is a report. Stopped anywhere, the next call goes on.',
  effect: 'read',
  input: z.object({ receipt: digestString, payee: payeeIdString }),
  output: z.object({
    receipt: digestString,
    payee: payeeIdString,
    done: z.int().describe('steps trained, of all adapters together'),
    of: z.int(),
    report: z
      .object({
        adapter: digestString,
        group: z.int(),
        groupPayees: z.array(payeeIdString),
        samples: z.int().describe('of the payee, among those that were learned'),
        method: z.string(),
        sharePpm: ppmInteger.describe('of the contributors’ part of the fee, as attributed'),
        committed: digestString.describe('of the counterfactual adapter of the group'),
        retrained: digestString.describe('of the same, trained again here'),
        same: z.boolean(),
        ofGroup: effect,
        ofPayee: effect,
      })
      .nullable()
      .describe('null until all is trained'),
  }),
})
