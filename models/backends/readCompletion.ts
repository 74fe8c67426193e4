import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'
import { brokenOff, engineRefused } from './engineFailure.ts'
import type { TokenLogprob } from '../serve/logprobs.ts'
import { serverSentEvents } from './serverSentEvents.ts'

const tokenName = z.templateLiteral(['token_id:', z.int()])
const chunkSchema = z.object({
  model: z.string().optional(),
  choices: z.array(
    z.object({
      text: z.string().default(''),
      finish_reason: z.string().nullish(),
      token_ids: z.array(z.int()).nullish(),
      prompt_token_ids: z.array(z.int()).nullish(),
      logprobs: z
        .object({
          tokens: z.array(tokenName),
          token_logprobs: z.array(z.number()),
          top_logprobs: z.array(z.record(tokenName, z.number())),
        })
        .nullish(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
  system_fingerprint: z.string().nullish(),
})
const faultSchema = z.object({ error: z.object({ code: z.int().nullish(), type: z.string().nullish() }) })

export type Completion = {
  text: string
  /** Undefined where the engine reports none. With the end-of-text token where the model made one. */
  ids: number[] | undefined
  finish: 'stop' | 'length'
  fingerprint: string | undefined
  /** Empty unless asked for. */
  logprobs: TokenLogprob[]
}

/**
 * A streamed completion, whole. `onPiece` gets each piece as it comes.
 * Throws models/serve-broken-off (retry) where it ends before its end, and models/serve-contract where it is not what was
 * asked for: another model, another prompt, something that is no completion.
 */
export async function readCompletion(
  body: AsyncIterable<Uint8Array>,
  { model, promptIds, onPiece }: { model: string; promptIds: readonly number[]; onPiece: (piece: Piece) => void },
): Promise<Completion> {
  let text = ''
  let ids: number[] | undefined = []
  const logprobs: TokenLogprob[] = []
  let finish: string | undefined
  let fingerprint: string | undefined
  let isWhole = false
  for await (const data of serverSentEvents(body)) {
    if (data === '[DONE]') {
      isWhole = true
      break
    }
    const chunk = chunkOf(data, ids?.length ?? 0)
    if (chunk.model !== undefined && chunk.model !== model) throw otherThan('model')
    fingerprint = chunk.system_fingerprint ?? fingerprint
    if (chunk.usage && chunk.usage.prompt_tokens !== promptIds.length) throw otherThan('prompt')
    const [choice] = chunk.choices
    if (!choice) continue
    if (choice.prompt_token_ids && choice.prompt_token_ids.join() !== promptIds.join()) throw otherThan('prompt')
    text += choice.text
    if (choice.token_ids) ids?.push(...choice.token_ids)
    else if (choice.text !== '') ids = undefined
    if (choice.logprobs) logprobs.push(...tokenLogprobs(choice.logprobs))
    finish = choice.finish_reason ?? finish
    onPiece({ text: choice.text, ids: choice.token_ids ?? [] })
  }
  if (!isWhole || (finish !== 'stop' && finish !== 'length')) {
    throw brokenOff({ tokens: ids?.length ?? 0, reason: isWhole ? `finish ${finish ?? 'missing'}` : 'end of stream' })
  }
  return { text, ids, finish, fingerprint, logprobs }
}

export type Piece = { text: string; ids: readonly number[] }

function chunkOf(data: string, tokens: number): z.infer<typeof chunkSchema> {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw brokenOff({ tokens, reason: 'not JSON' })
  }
  const fault = faultSchema.safeParse(value)
  if (fault.success) {
    const { code, type } = fault.data.error
    const refusal = { status: code ?? 500, type: type ?? 'unknown', message: '', retryAfterSeconds: undefined }
    throw engineRefused(refusal, 'answering')
  }
  const chunk = chunkSchema.safeParse(value)
  if (chunk.success) return chunk.data
  throw otherThan('form')
}

function otherThan(what: 'model' | 'prompt' | 'form'): TributaryError {
  return new TributaryError(`The serving engine answered by another ${what} than was asked for.`, {
    code: 'models/serve-contract',
    facts: { what },
    tryThis: 'serve the base folder with its own tokenizer, by an engine that docs/serving.md names',
  })
}

type Logprobs = NonNullable<z.infer<typeof chunkSchema>['choices'][number]['logprobs']>

function tokenLogprobs({ tokens, token_logprobs: own, top_logprobs: tops }: Logprobs): TokenLogprob[] {
  return tokens.map((name, i) => ({
    token: idOf(name),
    logprob: own[i] ?? Number.NaN,
    top: Object.entries(tops[i] ?? {}).map(([top, logprob]) => ({ token: idOf(top), logprob })),
  }))
}

function idOf(name: string): number {
  return Number(name.slice(name.indexOf(':') + 1))
}
