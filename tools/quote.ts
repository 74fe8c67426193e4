import { z } from 'zod'
import { addressString, digestString, weiString } from '../kernel/index.ts'
import { chatRequest } from './chatRequest.ts'
import { defineTool } from './defineTool.ts'

export const quote = defineTool({
  name: 'quote',
  summary:
    'Say what one answer costs at most, in wei, and for how long that holds. Spends nothing and reserves nothing.',
  effect: 'read',
  open: true,
  input: chatRequest,
  output: z.object({
    model: z.string(),
    adapter: digestString,
    promptTokens: z.int(),
    maxTokens: z.int(),
    feeWei: weiString,
    quote: z.string().describe('holds these prices until it expires: send it as the header Tributary-Quote'),
    expiresAt: z.string().describe('ISO 8601'),
    asset: addressString,
    payTo: addressString,
    chainId: z.int(),
  }),
})
