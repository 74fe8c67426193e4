import { z } from 'zod'
import { addressString, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const contribute = defineTool({
  name: 'contribute',
  summary:
    'Put samples that you signed into a Datanet: their salted commitments go on chain first, the texts are kept here. Curation decides later; preview_contribution says what it would decide.',
  effect: 'write',
  open: true,
  input: z.object({
    datanet: z.string(),
    contributor: addressString,
    samples: z
      .array(
        z.object({
          prompt: z.string().max(8000),
          completion: z.string().min(1).max(20_000),
          licence: z.string(),
          source: z.string(),
          signature: z
            .string()
            .regex(/^0x[0-9a-f]+$/i)
            .describe('EIP-712 signature of the contribution by its contributor'),
        }),
      )
      .min(1)
      .max(500),
  }),
  output: z.object({ batchRoot: digestString, transaction: z.string(), samples: z.array(digestString) }),
})
