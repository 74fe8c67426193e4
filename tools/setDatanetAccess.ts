import { z } from 'zod'
import { addressString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const setDatanetAccess = defineTool({
  name: 'set_datanet_access',
  summary:
    'Open or gate a Datanet, and name its auditors. Samples, traces and counterfactual adapters of a gated one are served to them alone; buyers go on getting answers.',
  effect: 'write',
  input: z.object({
    datanet: z.string(),
    access: z.enum(['open', 'gated']).optional().describe('as it is unless given'),
    add: z.array(addressString).max(1_000).default([]),
    remove: z.array(addressString).max(1_000).default([]),
  }),
  output: z.object({ datanet: z.string(), access: z.enum(['open', 'gated']), auditors: z.array(addressString) }),
})
