import { z } from 'zod'
import type { BoundTool } from '../runTool.ts'

type Json = Record<string, unknown>

/** The tools as OpenAPI 3.1 paths, schemas derived from the same zod objects that check the calls. */
export function openApiPaths(tools: readonly BoundTool[]): Json {
  return Object.fromEntries(
    tools.map(({ definition }) => [
      `/tools/${definition.name}`,
      {
        post: {
          operationId: definition.name,
          summary: definition.summary,
          'x-effect': definition.effect,
          ...(definition.open ? {} : { security: [{ operator: [] }] }),
          ...(definition.effect === 'read'
            ? {}
            : {
                parameters: [
                  {
                    name: 'Effect-Key',
                    in: 'header',
                    required: true,
                    description: 'Names your intention: the same key returns the first result and does nothing twice.',
                    schema: { type: 'string' },
                  },
                ],
              }),
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(definition.input, 'input') } },
          },
          responses: {
            200: {
              description: 'done',
              content: { 'application/json': { schema: jsonSchema(definition.output, 'output') } },
            },
            default: { $ref: '#/components/responses/Error' },
          },
        },
      },
    ]),
  )
}

export const errorResponseSchema = {
  description: 'A coded error: what failed, the facts, the next step, and whether a retry can help.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message', 'facts', 'retry'],
            properties: {
              code: { type: 'string', examples: ['payment/underfunded'] },
              message: { type: 'string' },
              facts: { type: 'object' },
              tryThis: { type: 'string' },
              retry: { type: 'boolean' },
            },
          },
        },
      },
    },
  },
} as const

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
