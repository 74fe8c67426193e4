import { z } from 'zod'
import { digestString, toWeiString, weiString } from '../../kernel/index.ts'
import type { Call } from '../../store/index.ts'

/** One line of the trace of a workflow, in integers and texts only, so that it has a canonical form. */
export const tracedCall = z.object({
  key: z.string().describe('the effect key: workflow, step and digest of the arguments'),
  kind: z.enum(['tool', 'model']),
  parent: z.string().nullable().describe('the key of the call inside of which it was made'),
  workflow: z.string(),
  run: z.string(),
  agent: z.string().describe('the type of the workflow'),
  lineage: z.array(z.string()).describe('the workflows above, the outermost first'),
  step: z.string(),
  node: z.string().describe('of a graph; empty in a plain workflow'),
  name: z.string().describe('of the tool, or of the model'),
  effect: z.enum(['read', 'write', 'spend']),
  state: z.enum(['done', 'failed']),
  failure: z.string().nullable().describe('the code of the error that ended it'),
  by: z.enum(['policy', 'model']).describe('who decided'),
  policy: z.string().nullable().describe('the rule that decided, where it has a name'),
  approval: digestString.nullable().describe('of the action that somebody approved, where that was needed'),
  provider: z.string().nullable(),
  model: z.string().nullable().describe('digest of the model, or its id at the provider'),
  inputDigest: digestString,
  outputDigest: digestString.nullable(),
  costWei: weiString.nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  attempt: z.int(),
  ms: z.int(),
  atMs: z.int(),
})
export type TracedCall = z.output<typeof tracedCall>

export function toTracedCall(call: Call): TracedCall {
  const { costWei } = call
  return tracedCall.parse({ ...call, costWei: costWei === null ? null : toWeiString(costWei) })
}
