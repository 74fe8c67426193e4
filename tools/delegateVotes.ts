import { z } from 'zod'
import { addressString, weiString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const delegateVotes = defineTool({
  name: 'delegate_votes',
  summary:
    'Let the tokens of a key of this home vote: as the key itself decides, or as another account does. Costs gas.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    key: z.enum(['operator', 'buyer', 'modelOwner', 'server']).default('operator'),
    to: addressString.optional().describe('the key itself where none is given'),
  }),
  output: z.object({
    account: addressString,
    delegate: addressString,
    balanceWei: weiString,
    votesWei: weiString,
    block: z.int(),
  }),
})
