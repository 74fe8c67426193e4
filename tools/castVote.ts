import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { supports } from './governing/supports.ts'

export const castVote = defineTool({
  name: 'cast_vote',
  summary:
    'Send a vote that its voter signed (EIP-712), as a relayer who pays the gas and decides nothing; or sign it with a key of this home first.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    proposal: digestString,
    support: z.enum(supports),
    signed: z
      .object({ voter: addressString, signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]+$/)]) })
      .optional()
      .describe('by a voter elsewhere, over the ballot that ballot_of returns'),
    key: z
      .enum(['operator', 'buyer', 'modelOwner', 'server'])
      .default('operator')
      .describe('whose votes, where nothing is signed'),
  }),
  output: z.object({
    proposal: digestString,
    voter: addressString,
    support: z.enum(supports),
    weightWei: weiString,
    transaction: digestString,
  }),
})
