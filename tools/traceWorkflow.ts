import { z } from 'zod'
import { defineTool } from './defineTool.ts'
import { tracedCall } from './tracing/tracedCall.ts'

export const traceWorkflow = defineTool({
  name: 'trace_workflow',
  summary:
    'Show every call of a tool or a model that a workflow and the workflows under it made: who decided, what it cost, how it ended. Digests, no texts.',
  effect: 'read',
  input: z.object({
    workflow: z.string().min(1).max(1_000).describe('its id, such as tour/open-source/1 or settle/1'),
    from: z.int().min(0).default(0),
    count: z.int().min(1).max(10_000).default(1_000),
  }),
  output: z.object({ workflow: z.string(), calls: z.array(tracedCall) }),
})
