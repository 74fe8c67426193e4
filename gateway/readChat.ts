import type { Context } from 'hono'
import { TributaryError } from '../kernel/index.ts'
import { chatRequest, type ChatRequest } from '../tools/index.ts'

/** The chat request of a body. Throws gateway/bad-request with one line for each thing that is wrong. */
export async function readChat(c: Context): Promise<ChatRequest> {
  let body: unknown
  try {
    body = await c.req.json()
  } catch {
    throw badRequest(['(body): not JSON'])
  }
  const parsed = chatRequest.safeParse(plainForm(body))
  if (parsed.success) return parsed.data
  throw badRequest(parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(body)'}: ${message}`))
}

/**
 * OpenAI's clients say some things in several ways, and what they don't want as null: one way of each is kept. Text in
 * parts is joined; a part that is no text stays, and is refused.
 */
function plainForm(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const wanted = Object.entries(body).filter(([, value]) => value !== null)
  const { max_completion_tokens: most, ...rest } = Object.fromEntries(wanted) as Record<string, unknown>
  if (most !== undefined && rest['max_tokens'] === undefined) rest['max_tokens'] = most
  else if (most !== undefined) rest['max_completion_tokens'] = most
  if (typeof rest['stop'] === 'string') rest['stop'] = [rest['stop']]
  if (Array.isArray(rest['messages'])) rest['messages'] = rest['messages'].map(plainMessage)
  return rest
}

function plainMessage(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('content' in message)) return message
  if (!Array.isArray(message.content)) return message
  const texts = message.content.map((part: unknown) =>
    typeof part === 'object' && part !== null && 'type' in part && part.type === 'text' && 'text' in part
      ? part.text
      : undefined,
  )
  return texts.every((text) => typeof text === 'string') ? { ...message, content: texts.join('') } : message
}

function badRequest(issues: string[]): TributaryError {
  return new TributaryError('The chat request is not valid.', {
    code: 'gateway/bad-request',
    facts: { issues },
    tryThis: 'see /v1/chat/completions in /openapi.json; a parameter that we do not honour is refused, not ignored',
  })
}
