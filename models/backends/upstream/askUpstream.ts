import { digestText, type ExternalStamp } from '../../../kernel/index.ts'
import type { ChatMessage } from '../../load/Tokenizer.ts'
import type { Answer, GenerateRequest } from '../../engine/Engine.ts'
import { answerCancelled } from '../../engine/answerCancelled.ts'
import { postChat } from './postChat.ts'
import type { UpstreamCard } from './upstreamCard.ts'
import { noUpstreamKey } from './upstreamFailure.ts'

/** More than any token is in JSON, and than what stands around an answer: a longer one is not the answer that was asked for. */
const bytesOf = (maxTokens: number): number => (64 << 10) + 256 * maxTokens

export type UpstreamReply = Pick<Answer, 'text' | 'finish'> & {
  model: string
  fingerprint: string | undefined
  /** As the upstream counts, where it says both. */
  usage: ExternalStamp['usage']
}

/**
 * One answer of a resold model, by OpenAI's chat protocol. The key is read from the environment at each call and kept nowhere.
 * A sale that is made again after a crash sends the same Idempotency-Key, so that an upstream that honours it charges once.
 * Cost: one request, at most `timeoutMs` of the card.
 * Throws models/busy, models/upstream-failed, -timeout, -unreachable (retry), -key, -refused, -contract, models/cancelled.
 */
export async function askUpstream(
  card: Pick<UpstreamCard, 'url' | 'model' | 'keyVariable' | 'timeoutMs'>,
  request: Pick<GenerateRequest, 'maxTokens' | 'temperature' | 'topP' | 'seed' | 'stop' | 'schema' | 'signal'> & {
    chat: readonly ChatMessage[]
    /** Names the sale: one that was cut and is made again has the same. */
    key?: string | undefined
  },
  env: NodeJS.ProcessEnv = process.env,
): Promise<UpstreamReply> {
  const { url, model, keyVariable, timeoutMs } = card
  const key = keyVariable === null ? undefined : env[keyVariable]
  if (keyVariable !== null && !key) throw noUpstreamKey(keyVariable)
  const { chat, maxTokens, temperature, topP, seed, stop, schema, signal, key: sale } = request
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
  try {
    const completion = await postChat({
      url: `${url}/v1`,
      key,
      body,
      timeoutMs,
      signal,
      mostBytes: bytesOf(maxTokens),
      // Of the body too: another request under the same key would be refused where keys are honoured.
      ...(sale === undefined ? {} : { idempotencyKey: digestText(`${sale} ${JSON.stringify(body)}`).slice(2) }),
    })
    const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = completion.usage ?? {}
    const { message, finish_reason: reason } = completion.choices[0]!
    return {
      text: message.content,
      finish: reason === 'length' ? 'length' : 'stop',
      model: completion.model ?? model,
      fingerprint: completion.system_fingerprint ?? undefined,
      usage:
        promptTokens === undefined || completionTokens === undefined ? undefined : { promptTokens, completionTokens },
    }
  } catch (failure) {
    throw signal?.aborted ? answerCancelled() : failure
  }
}
