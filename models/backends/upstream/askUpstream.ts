import type { ChatMessage } from '../../load/Tokenizer.ts'
import type { Answer, GenerateRequest } from '../../engine/Engine.ts'
import { answerCancelled } from '../../engine/answerCancelled.ts'
import { postChat } from './postChat.ts'
import type { UpstreamCard } from './upstreamCard.ts'
import { noUpstreamKey } from './upstreamFailure.ts'

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
  try {
    const completion = await postChat({ url: `${url}/v1`, key, body, timeoutMs, signal, mostBytes })
    const { message, finish_reason: reason } = completion.choices[0]!
    return {
      text: message.content,
      finish: reason === 'length' ? 'length' : 'stop',
      model: completion.model ?? model,
      fingerprint: completion.system_fingerprint ?? undefined,
    }
  } catch (failure) {
    throw signal?.aborted ? answerCancelled() : failure
  }
}
