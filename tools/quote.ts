import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { chatRequest } from './chatRequest.ts'
import { defineTool } from './defineTool.ts'

export const quote = defineTool({
  name: 'quote',
  summary: 'Say what one answer costs, in wei. A pure function of the request; spends nothing and reserves nothing.',
  effect: 'read',
  open: true,
  input: chatRequest,
  output: z.object({
    model: z.string(),
    adapter: digestString,
    promptTokens: z.int(),
    maxTokens: z.int(),
    feeWei: weiString,
    asset: addressString,
    payTo: addressString,
    chainId: z.int(),
  }),
})
