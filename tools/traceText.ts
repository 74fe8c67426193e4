import { defineTool } from './defineTool.ts'
import { traceRequest, traceSchema } from './verbatim/trace.ts'

export const traceText = defineTool({
  name: 'trace_text',
  summary:
    'Find which parts of any text stand verbatim in indexed Datanets, in whose samples, and what they are worth in bits. Provenance, not influence. It quotes samples: for the operator.',
  effect: 'read',
  input: traceRequest,
  output: traceSchema,
})
