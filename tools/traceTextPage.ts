import { z } from 'zod'
import { defineTool } from './defineTool.ts'
import { traceRequest, traceSchema } from './verbatim/trace.ts'

export const traceTextPage = defineTool({
  name: 'trace_text_page',
  summary:
    'The same as trace_text, as data and as one HTML page: the text with its spans coloured, each with the samples that it stands in. It quotes samples: for the operator.',
  effect: 'read',
  input: traceRequest,
  output: z.object({
    trace: traceSchema,
    html: z.string().describe('a page of its own: it loads nothing and runs nothing'),
  }),
})
