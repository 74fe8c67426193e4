import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const planCuration = defineTool({
  name: 'plan_curation',
  summary:
    'Say how many samples of a Datanet there are to judge, in commitment order, and which rules will judge them.',
  effect: 'read',
  input: z.object({ datanet: z.string().min(1) }),
  output: z.object({ samples: z.int().min(0), rules: digestString }),
})
