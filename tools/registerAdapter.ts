import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const registerAdapter = defineTool({
  name: 'register_adapter',
  summary:
    'Put a finished adapter on chain with Datanet version, base, recipe and counterfactual root, and on sale under its alias.',
  effect: 'write',
  input: z.object({ run: digestString }),
  output: z.object({ adapter: digestString, alias: z.string(), card: digestString, transaction: z.string() }),
})
