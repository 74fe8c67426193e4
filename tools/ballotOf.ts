import { z } from 'zod'
import { addressString, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { supports } from './governing/supports.ts'

export const ballotOf = defineTool({
  name: 'ballot_of',
  summary:
    'Show what a voter signs to vote on a proposal, as EIP-712 typed data for any wallet, and the votes that it has.',
  effect: 'read',
  open: true,
  input: z.object({ proposal: digestString, voter: addressString, support: z.enum(supports) }),
  output: z.object({
    typedData: z.string().describe('JSON, as wallets take it for eth_signTypedData_v4'),
    votesWei: z.string().describe('now; what counts is what was delegated when weights are taken'),
    delegate: z.string().nullable().describe('who votes with the voter’s tokens; null where nobody does'),
  }),
})
