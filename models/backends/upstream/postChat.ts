import { z } from 'zod'
import { TributaryError } from '../../../kernel/index.ts'
import { refusalOf } from '../engineFailure.ts'
import { upstreamContract, upstreamRefused, upstreamUnreachable } from './upstreamFailure.ts'

const completion = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .min(1),
  model: z.string().optional(),
  system_fingerprint: z.string().nullish(),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).partial().nullish(),
})
export type ChatCompletion = z.output<typeof completion>

/** `url` ends before /chat/completions, as in https://host/v1. */
export type ChatCall = {
  url: string
  key: string | undefined
  body: object
  timeoutMs: number
  signal?: AbortSignal | undefined
  /** More than any answer that can be asked for. */
  mostBytes: number
}

/**
 * One request by OpenAI's chat protocol, for a model of others: no redirects, since a key must not follow to another host, and no more
 * of a reply than was asked for. What the other side says goes into no error: it may quote the prompt.
 * Throws models/busy, models/upstream-failed, -timeout, -unreachable (retry), -key, -refused, -contract.
 */
export async function postChat({ url, key, body, timeoutMs, signal, mostBytes }: ChatCall): Promise<ChatCompletion> {
  const { origin } = new URL(url)
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      body: JSON.stringify(body),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      redirect: 'error',
    })
    if (!response.ok) throw upstreamRefused(await refusalOf(response), origin)
    const parsed = completion.safeParse(parseJson(await readSome(response, { origin, mostBytes })))
    if (parsed.success) return parsed.data
    throw upstreamContract(
      origin,
      parsed.error.issues.map(({ path }) => path.join('.')),
    )
  } catch (failure) {
    throw failure instanceof TributaryError ? failure : upstreamUnreachable(failure, { origin, timeoutMs })
  }
}

async function readSome(
  response: Response,
  { origin, mostBytes }: { origin: string; mostBytes: number },
): Promise<string> {
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
