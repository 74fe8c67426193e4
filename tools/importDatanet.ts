import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const importDatanet = defineTool({
  name: 'import_datanet',
  summary:
    'Read a corpus, store its samples in commitment order and put their salted commitments on chain as one batch, signed by the steward. Without `from`: the READMEs of the installed packages.',
  effect: 'write',
  input: z.object({
    datanet: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    from: z.string().optional().describe('JSONL, CSV or Parquet file, or a folder with one sub-folder per contributor'),
    packages: z
      .string()
      .optional()
      .describe('folder of a project whose installed packages to read, instead of our own committed list'),
    licence: z.string().optional().describe('SPDX expression for a corpus that names none'),
    limit: z.int().min(1).optional().describe('keep at most so many samples, seeded and stratified by contributor'),
    seed: z.int().min(0).default(1),
  }),
  output: z.object({
    datanet: z.string(),
    samples: z.int(),
    contributors: z.int(),
    batchRoot: digestString,
    transaction: z.string(),
  }),
})
