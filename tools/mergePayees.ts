import { z } from 'zod'
import { digestString, payeeIdString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'

export const mergePayees = defineTool({
  name: 'merge_payees',
  summary:
    'Make one name of a payee an alias of another, for ever: what it has and gets goes to the other’s account. Control of both was proved by prove_payee, for the same address.',
  effect: 'spend',
  mostWei: unknownWei,
  input: z.object({
    alias: digestString.describe('nonce of the proved challenge of the name that becomes an alias'),
    into: digestString.describe('nonce of the proved challenge of the name that stays'),
  }),
  output: z.object({ alias: payeeIdString, into: payeeIdString, transaction: z.string() }),
})
