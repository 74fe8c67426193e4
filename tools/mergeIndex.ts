import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { alphabetSchema } from './verbatim/trace.ts'

export const mergeIndex = defineTool({
  name: 'merge_index',
  summary:
    'Merge the small shards of a Datanet’s indexes, and erase the bytes of what was taken down. The old index answers until the new one is in place.',
  effect: 'write',
  input: z.object({
    datanet: z.string(),
    memoryBytes: z
      .int()
      .min(1 << 20)
      .default(1 << 30)
      .describe('most that the merge may hold'),
  }),
  output: z.object({
    datanet: z.string(),
    indexes: z.array(
      z.object({
        alphabet: alphabetSchema,
        root: digestString,
        shards: z.int(),
        erased: z.int().describe('samples whose bytes are gone'),
      }),
    ),
  }),
})
