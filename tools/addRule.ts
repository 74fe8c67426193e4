import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const addRule = defineTool({
  name: 'add_rule',
  summary:
    'Keep the document of a revenue rule under its digest. Where holders adopted it, this home goes by it from now on.',
  effect: 'write',
  input: z.object({ rule: z.looseObject({}).describe('the document of the rule') }),
  output: z.object({ digest: digestString, current: z.boolean() }),
})
