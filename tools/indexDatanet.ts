import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { alphabetSchema } from './verbatim/trace.ts'

export const indexedSchema = z.object({
  alphabet: alphabetSchema,
  tokenizer: digestString,
  root: digestString,
  documents: z.int(),
  symbols: z.int(),
  added: z.int(),
  takenDown: z.int(),
  onChain: z.boolean().describe('whether the card of the version, whose digest is on chain, names this root'),
})

export const indexDatanet = defineTool({
  name: 'index_datanet',
  summary:
    'Bring the indexes of a Datanet, over tokens and over bytes, to its newest version, so that texts can be traced to its samples: new samples are appended, samples that left it are taken down. About a second a megabyte.',
  effect: 'write',
  input: z.object({ datanet: z.string() }),
  output: z.object({ datanet: z.string(), version: z.int(), indexes: z.array(indexedSchema) }),
})
