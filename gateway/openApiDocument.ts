import { z } from 'zod'
import { chatRequest, errorResponseSchema, openApiPaths, type BoundTool } from '../tools/index.ts'

/** The whole HTTP surface as OpenAPI 3.1: the tools, and the OpenAI-compatible sale of answers. */
export function openApiDocument(
  tools: readonly BoundTool[],
  version: string,
  schemes: readonly string[],
): Record<string, unknown> {
  const { $schema: _, ...chat } = z.toJSONSchema(chatRequest, { io: 'input' })
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary',
      version,
      description: 'Payable AI: answers sold over HTTP 402, attributed to the samples behind them, settled to the wei.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/v1/models': {
        get: {
          operationId: 'models',
          summary: 'List the models on sale.',
          responses: { 200: { description: 'OpenAI model list' } },
        },
      },
      '/v1/chat/completions': {
        post: {
          operationId: 'chat',
          summary:
            'Ask a model. Unpaid requests get 402 with x402 v2 payment requirements; pay with PAYMENT-SIGNATURE.',
          'x-payment': {
            protocol: 'x402',
            version: 2,
            schemes,
            extensions: ['bazaar', 'payment-identifier', 'offer-receipt'],
            discovery: '/discovery/resources',
            mcp: { endpoint: '/mcp', tool: 'ask_model' },
          },
          requestBody: { required: true, content: { 'application/json': { schema: chat } } },
          responses: {
            200: { description: 'the answer, with its receipt' },
            402: { description: 'payment required: x402 v2 requirements in the PAYMENT-REQUIRED header' },
            409: { description: 'the payment, or its identifier, stands for another request' },
            429: { description: 'no room now: ask again after Retry-After seconds; nothing was charged' },
            default: { $ref: '#/components/responses/Error' },
          },
        },
      },
      '/v1/answers/{receipt}/erase': {
        post: {
          operationId: 'erase',
          summary: 'Drop the text of a prompt and its answer, at the wish of who paid: signed by the payer’s key.',
          parameters: [{ name: 'receipt', in: 'path', required: true, schema: { type: 'string' } }],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['signature'],
                  properties: {
                    signature: {
                      type: 'string',
                      description: 'EIP-712 Erasure(bytes32 receipt), domain "Tributary erasure" version 1, this chain',
                    },
                  },
                },
              },
            },
          },
          responses: {
            200: { description: 'dropped, or waiting until contributors are paid for the answer' },
            403: { description: 'the signature is not the payer’s' },
          },
        },
      },
      '/discovery/resources': {
        get: {
          operationId: 'discover',
          summary: 'List what is sold here, as catalogues of x402 (bazaar) read it.',
          responses: { 200: { description: 'resources with their terms and how they are called' } },
        },
      },
      ...openApiPaths(tools),
    },
    components: {
      responses: { Error: errorResponseSchema },
      securitySchemes: { operator: { type: 'http', scheme: 'bearer' } },
    },
  }
}
