import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const archiveHistory = defineTool({
  name: 'archive_history',
  summary:
    'Store the event history of a finished workflow by digest, so that an audit can replay it after the server has forgotten it.',
  effect: 'write',
  input: z.object({ workflow: z.string() }),
  output: z.object({ workflow: z.string(), history: digestString }),
})
