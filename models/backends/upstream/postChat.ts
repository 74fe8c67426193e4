import { z } from 'zod'
import { TributaryError } from '../../../kernel/index.ts'
import { refusalOf } from '../engineFailure.ts'
import { upstreamContract, upstreamRefused, upstreamUnreachable } from './upstreamFailure.ts'

const count = z.int().min(0).max(1e9)
const completion = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .min(1),
  model: z.string().optional(),
  system_fingerprint: z.string().nullish(),
  // What it counts is told, not relied on: a count that is none costs nobody the answer.
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).partial().nullish().catch(undefined),
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
  /** The same for the same call made again: who honours it answers once and charges once; others ignore it. */
  idempotencyKey?: string | undefined
}

/**
 * One request by OpenAI's chat protocol, for a model of others: no redirects, since a key must not follow to another host, and no more
 * of a reply than was asked for. What the other side says goes into no error: it may quote the prompt.
 * Throws models/busy, models/upstream-failed, -timeout, -unreachable (retry), -key, -refused, -contract.
 */
export async function postChat({
  url,
  key,
  body,
  timeoutMs,
  signal,
  mostBytes,
  idempotencyKey,
}: ChatCall): Promise<ChatCompletion> {
  const { origin } = new URL(url)
  try {
    const response = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
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
