import { z } from 'zod'
import { addressString, payeeIdString, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const finishRecovery = defineTool({
  name: 'finish_recovery',
  summary:
    'Let the address that was proved in place of a lost one speak for the payee, once its time is over and the old one has not cancelled it, and pay out what waits.',
  effect: 'write',
  open: true,
  input: z.object({ payee: payeeIdString }),
  output: z.object({ payee: payeeIdString, account: addressString, transaction: z.string(), paidWei: weiString }),
})
