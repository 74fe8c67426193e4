import { z } from 'zod'
import { addressString, payeeIdString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const payeeStatus = defineTool({
  name: 'payee_status',
  summary:
    'Say which address speaks for a payee, what waits in its account, and whether another address was proved for it.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString }),
  output: z.object({
    payee: payeeIdString,
    account: addressString.nullable().describe('null while none speaks for it'),
    waitingWei: weiString.describe('in its account; what it has not claimed yet stands in its statement'),
    recovery: z
      .object({ account: addressString, readyAt: z.int().describe('seconds since 1970') })
      .nullable()
      .describe('until then the bound address can cancel it: cancelRecovery of the PayeeEscrow'),
  }),
})
