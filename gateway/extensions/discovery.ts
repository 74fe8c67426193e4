import {
  bazaarResourceServerExtension,
  declareDiscoveryExtension,
  type DiscoveryExtension,
} from '@x402/extensions/bazaar'

/** What an answer costs depends on its request: this one's price is what a catalogue shows. */
export const exampleRequest = {
  messages: [{ role: 'user', content: 'What is a tributary?' }],
  max_tokens: 64,
} as const

const inputSchema = {
  type: 'object',
  properties: {
    model: { type: 'string' },
    messages: { type: 'array', items: { type: 'object' } },
    max_tokens: { type: 'integer' },
    temperature: { type: 'number' },
    seed: { type: 'integer' },
  },
  required: ['model', 'messages'],
}
// Every client sends the declaration back in its payment header: kept short, the whole is in /openapi.json.
const output = { example: { choices: [{ message: { role: 'assistant', content: '…' } }], receipt: { id: '0x…' } } }

/** The HTTP sale of answers as the protocol's catalogues (bazaar) read it. */
export function chatDiscovery(model: string): DiscoveryExtension {
  const declared = declareDiscoveryExtension({
    bodyType: 'json',
    input: { model, ...exampleRequest },
    inputSchema,
    output,
  })
  const transport = { method: 'POST', adapter: { getPath: () => '/v1/chat/completions' } }
  const extension = bazaarResourceServerExtension.enrichDeclaration?.(declared['bazaar'], transport)
  return (extension ?? declared['bazaar']) as DiscoveryExtension
}

/** The same for the MCP tool. */
export function toolDiscovery(tool: { name: string; summary: string }, model: string): DiscoveryExtension {
  const declared = declareDiscoveryExtension({
    toolName: tool.name,
    description: tool.summary,
    transport: 'streamable-http',
    inputSchema,
    example: { model, ...exampleRequest },
    output,
  })
  return declared['bazaar'] as DiscoveryExtension
}
