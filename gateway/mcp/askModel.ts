import { z } from 'zod'
import { addressString, digestString } from '../../kernel/index.ts'
import { chatRequest, defineTool } from '../../tools/index.ts'

/** The sale of answers as an MCP tool; by HTTP the same is `POST /v1/chat/completions`. */
export const askModel = defineTool({
  name: 'ask_model',
  summary:
    'Ask a model for an answer, paid by x402: without a payment it answers with the terms; send the signed payment in _meta["x402/payment"].',
  effect: 'spend',
  open: true,
  input: chatRequest.omit({ stream: true, stream_options: true }),
  output: z.looseObject({
    id: z.string(),
    model: z.string(),
    choices: z.array(z.looseObject({ message: z.looseObject({ role: z.string(), content: z.string() }) })),
    receipt: z.object({
      id: digestString,
      body: z.looseObject({}),
      signature: z.string(),
      signer: addressString,
    }),
  }),
})
