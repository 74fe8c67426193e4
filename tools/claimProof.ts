import { z } from 'zod'
import { payeeIdString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { claimProofSchema } from './publishing/claimProof.ts'

export const claimProof = defineTool({
  name: 'claim_proof',
  summary:
    'Hand out a payee’s leaf under the last final root with its proof: whoever has it can claim for the payee without this server.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString }),
  output: claimProofSchema,
})
