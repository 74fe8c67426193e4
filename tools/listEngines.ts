import { z } from 'zod'
import { digestString, engineDocumentSchema } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const listEngines = defineTool({
  name: 'list_engines',
  summary:
    'List the versions of the attribution engine that holders adopted, oldest first, and which of them are on board here.',
  effect: 'read',
  open: true,
  input: z.object({}),
  output: z.object({
    engines: z.array(
      z.object({
        engine: digestString,
        current: z.boolean(),
        adoptedAt: z.int().nullable().describe('seconds since 1970; null where it is on board and not adopted'),
        onBoard: z.boolean(),
        document: engineDocumentSchema.nullable().describe('null where it is not on board'),
      }),
    ),
  }),
})
