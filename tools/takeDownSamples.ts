import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const takeDownSamples = defineTool({
  name: 'take_down_samples',
  summary:
    'Take samples down: their texts leave the store, and every index at once, so that nothing is traced to them; a merge in the background erases what indexes still hold of them. Cannot be undone. Digests, payees and what was paid stay.',
  effect: 'write',
  input: z.object({ samples: z.array(digestString).min(1).max(10_000) }),
  output: z.object({
    erased: z.int().describe('texts that were still in the store'),
    indexes: z.array(z.object({ datanet: z.string(), takenDown: z.int(), merge: z.string().describe('the workflow') })),
  }),
})
