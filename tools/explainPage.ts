import { z } from 'zod'
import { digestString, payeeIdString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { explanationSchema } from './explaining/explanation.ts'
import { tracedExplanationSchema } from './explaining/tracedExplanationSchema.ts'

export const explainPage = defineTool({
  name: 'explain_page',
  summary:
    'Show why a payee was, or was not, paid for one answer, and what the answer would have been without it, as data and as one HTML page; of an answer of a model of others, which of its words stand in whose samples (provenance, not influence). It quotes question, answer and samples: for the operator. Costs about one answer.',
  effect: 'read',
  input: z.object({ payee: payeeIdString, receipt: digestString }),
  output: z.object({
    explanation: z
      .union([tracedExplanationSchema, explanationSchema])
      .describe('with `evidence: provenance` for a model of others'),
    html: z.string().describe('a page of its own: it loads nothing and runs nothing'),
  }),
})
