import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { alphabetSchema } from './verbatim/trace.ts'

export const verifyIndex = defineTool({
  name: 'verify_index',
  summary:
    'Compare every byte of a Datanet’s indexes with their roots, and say which of them the card on chain names; of which version its samples are, whatever was merged; with deep each shard is also built again from its own text, and each text compared with its sample.',
  effect: 'read',
  input: z.object({
    datanet: z.string(),
    deep: z.boolean().default(false).describe('finds an order of suffixes that is none; costs a build'),
  }),
  output: z.object({
    datanet: z.string(),
    indexes: z.array(
      z.object({
        alphabet: alphabetSchema,
        root: digestString,
        shards: z.int(),
        documents: z.int(),
        symbols: z.int(),
        onChain: z.boolean().describe('whether the card names this root: after a merge not before the next version'),
        version: z
          .int()
          .nullable()
          .describe(
            'the version whose samples it holds, less what was taken down; null: of none. A merge changes nothing in it',
          ),
      }),
    ),
  }),
})
