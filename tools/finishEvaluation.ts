import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { evidenceSchema } from './evaluating/evaluationPlan.ts'

export const finishEvaluation = defineTool({
  name: 'finish_evaluation',
  summary:
    'Compare what attribution predicted with what retraining showed, and store that as evidence of the adapter, with a picture.',
  effect: 'write',
  input: z.object({
    evaluation: digestString,
    state: digestString.describe('of the finished unroll'),
    losses: z.array(digestString).min(1).describe('of the pieces, in order'),
  }),
  output: evidenceSchema.omit({ points: true }).extend({
    evidence: digestString.describe('blob of the whole, with every point'),
    picture: z.string().describe('path of the SVG'),
  }),
})
