import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const publishEpoch = defineTool({
  name: 'publish_epoch',
  summary:
    'Publish a final epoch: every leaf with its proof and every payee’s statement as content-addressed files under one index, so that anyone can claim and check without our database.',
  effect: 'write',
  input: z.object({ epoch: z.int().min(1) }),
  output: z.object({ epoch: z.int(), index: digestString, pages: z.int(), statements: z.int() }),
})
