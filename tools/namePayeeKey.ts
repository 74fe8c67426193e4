import { z } from 'zod'
import { addressString, payeeIdString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const namePayeeKey = defineTool({
  name: 'name_payee_key',
  summary:
    'Keep the key that a payee without an address named, before anything is claimed: later its signature proves control. Once for each payee.',
  effect: 'write',
  input: z.object({ payee: payeeIdString, key: addressString.describe('the address of the key') }),
  output: z.object({ payee: payeeIdString, key: addressString }),
})
