import { z } from 'zod'
import { defineTool } from './defineTool.ts'
import { finishEvaluation } from './finishEvaluation.ts'
import { evaluationWish } from './planEvaluation.ts'

export const evaluateAdapter = defineTool({
  name: 'evaluate_adapter',
  summary:
    'Measure how well the attribution of an adapter predicts real retraining: removes random sets of samples, trains without them, and compares (LDS with its interval); removes the top samples of single answers besides. Durable; costs a training for each set, and two for each text that is asked about. The result is stored as evidence of the adapter.',
  effect: 'write',
  waits: true,
  input: evaluationWish.extend({ model: z.string().min(1).max(100).describe('name or digest of an adapter on sale') }),
  output: finishEvaluation.output.extend({ workflow: z.string() }),
})
