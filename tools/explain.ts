import { z } from 'zod'
import { digestString, payeeIdString, ppmInteger, weiString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const explain = defineTool({
  name: 'explain',
  summary: 'Say why a payee was, or was not, paid for one answer, step by step, with the numbers.',
  effect: 'read',
  open: true,
  input: z.object({ payee: payeeIdString, receipt: digestString }),
  output: z.object({
    payee: payeeIdString,
    receipt: digestString,
    paid: z.boolean(),
    sharePpm: ppmInteger,
    wei: weiString,
    steps: z.array(z.string()),
  }),
})
