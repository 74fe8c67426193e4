import { z } from 'zod'
import { TributaryError } from '../../../kernel/index.ts'
import type { ChatMessage } from '../../load/Tokenizer.ts'
import type { Answer, GenerateRequest } from '../../engine/Engine.ts'
import { answerCancelled } from '../../engine/answerCancelled.ts'
import { refusalOf } from '../engineFailure.ts'
import type { UpstreamCard } from './upstreamCard.ts'
import { noUpstreamKey, upstreamContract, upstreamRefused, upstreamUnreachable } from './upstreamFailure.ts'

const reply = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .min(1),
  model: z.string().optional(),
  system_fingerprint: z.string().nullish(),
})

/** More than any answer that can be asked for. */
const mostBytes = 8 << 20

export type UpstreamReply = Pick<Answer, 'text' | 'finish'> & { model: string; fingerprint: string | undefined }

/**
 * One answer of a resold model, by OpenAI's chat protocol. The key is read from the environment at each call and kept nowhere.
 * Cost: one request, at most `timeoutMs` of the card.
 * Throws models/busy, models/upstream-failed, -timeout, -unreachable (retry), -key, -refused, -contract, models/cancelled.
 */
export async function askUpstream(
  card: Pick<UpstreamCard, 'url' | 'model' | 'keyVariable' | 'timeoutMs'>,
  request: Pick<GenerateRequest, 'maxTokens' | 'temperature' | 'topP' | 'seed' | 'stop' | 'schema' | 'signal'> & {
    chat: readonly ChatMessage[]
  },
  env: NodeJS.ProcessEnv = process.env,
): Promise<UpstreamReply> {
  const { url, model, keyVariable, timeoutMs } = card
  const { origin } = new URL(url)
  const key = keyVariable === null ? undefined : env[keyVariable]
  if (keyVariable !== null && !key) throw noUpstreamKey(keyVariable)
  const { chat, maxTokens, temperature, topP, seed, stop, schema, signal } = request
  if (signal?.aborted) throw answerCancelled()
  const body = {
    model,
    messages: chat,
    max_tokens: maxTokens,
    stream: false,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', schema: JSON.parse(schema) as object },
          },
        }),
  }
  const ends = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])])
  let text: string
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify(body),
      signal: ends,
      // A key must not follow to another host.
      redirect: 'error',
    })
    if (!response.ok) throw upstreamRefused(await refusalOf(response), origin)
    text = await readSome(response, origin)
  } catch (failure) {
    if (signal?.aborted) throw answerCancelled()
    if (failure instanceof TributaryError) throw failure
    throw upstreamUnreachable(failure, { origin, timeoutMs })
  }
  const parsed = reply.safeParse(parseJson(text))
  if (!parsed.success)
    throw upstreamContract(
      origin,
      parsed.error.issues.map(({ path }) => path.join('.')),
    )
  const [{ message, finish_reason: reason }] = parsed.data.choices as [z.output<typeof reply>['choices'][number]]
  return {
    text: message.content,
    finish: reason === 'length' ? 'length' : 'stop',
    model: parsed.data.model ?? model,
    fingerprint: parsed.data.system_fingerprint ?? undefined,
  }
}

async function readSome(response: Response, origin: string): Promise<string> {
  if (response.body === null) return ''
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body as ReadableStream<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > mostBytes) throw upstreamContract(origin, [`more than ${mostBytes} bytes`])
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
