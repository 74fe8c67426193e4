import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const publishVersion = defineTool({
  name: 'publish_version',
  summary:
    'Freeze the accepted samples of a Datanet as a version: Merkle root, licence set and card hash on chain. Publishing the same samples again returns the same version.',
  effect: 'write',
  input: z.object({ datanet: z.string() }),
  output: z.object({
    root: digestString,
    version: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    clusters: z.int(),
    contributors: z.int(),
    licences: z.array(z.string()),
    card: digestString,
    transaction: z.string(),
  }),
})
