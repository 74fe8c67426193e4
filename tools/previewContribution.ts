import { z } from 'zod'
import { decisionSchema } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const previewContribution = defineTool({
  name: 'preview_contribution',
  summary: 'Say what curation would decide about samples, and why, without storing them.',
  effect: 'read',
  open: true,
  input: z.object({
    datanet: z.string(),
    samples: z
      .array(z.object({ prompt: z.string(), completion: z.string().min(1), licence: z.string(), source: z.string() }))
      .min(1)
      .max(100),
  }),
  output: z.object({ decisions: z.array(decisionSchema) }),
})
