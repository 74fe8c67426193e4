import { z } from 'zod'
import { addressString, digestString, payeeIdString, weiString } from '../kernel/index.ts'
import { controlProof } from './claiming/controlProof.ts'
import { defineTool } from './defineTool.ts'

export const provePayee = defineTool({
  name: 'prove_payee',
  summary:
    'Prove that the address of a challenge controls its payee: by the latest package.json, the domain, or a key named beforehand. Once that is found, the steward binds the payee and its rewards are paid out.',
  effect: 'write',
  open: true,
  input: z.object({
    nonce: digestString.describe('of the challenge'),
    signature: z.string().max(2_000).describe('of the challenge’s text by its address'),
    proof: controlProof,
  }),
  output: z.object({
    payee: payeeIdString,
    account: addressString,
    evidence: digestString.describe('digest of what was found; the bytes are kept'),
    source: z.string().describe('where it was found'),
    transaction: z.string(),
    paidWei: weiString.describe('moved to the address now'),
  }),
})
