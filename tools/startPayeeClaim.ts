import { z } from 'zod'
import { addressString, digestString, payeeIdString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const startPayeeClaim = defineTool({
  name: 'start_payee_claim',
  summary:
    'Say that an address speaks for a payee that has none, and get the text to sign. Control is proved afterwards by prove_payee: with the package, the domain, or a key named beforehand.',
  effect: 'write',
  open: true,
  input: z.object({
    payee: payeeIdString,
    account: addressString,
    purpose: z
      .enum(['bind', 'recover'])
      .default('bind')
      .describe('recover: another address in place of a bound one whose key is lost'),
  }),
  output: z.object({
    nonce: digestString,
    challenge: z.string().describe('the account signs this text (EIP-191), byte for byte'),
    expiresAt: z.string(),
    proofs: z.array(z.string()).describe('what would show control of this payee'),
  }),
})
