import type { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { TributaryError } from '../../kernel/index.ts'
import { OpenAiChat } from './OpenAiChat.ts'

/** A chat model that agents may ask: any of LangChain's, and how the trace names it. */
export type ChatModel = { provider: string; model: string; chat: BaseChatModel }

/**
 * The chat model of LLM_BASE_URL, LLM_MODEL and LLM_API_KEY; undefined where there is none, and then policies decide alone.
 * Throws agents/chat-settings.
 */
export function openChatModel(env: NodeJS.ProcessEnv): ChatModel | undefined {
  const { LLM_BASE_URL: baseUrl, LLM_MODEL: model, LLM_API_KEY: apiKey } = env
  if (!baseUrl) return undefined
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || !model) {
    throw new TributaryError('The chat model of the agents is not said in full.', {
      code: 'agents/chat-settings',
      facts: { hasModel: Boolean(model), hasUrl: url !== undefined },
      tryThis: 'set LLM_BASE_URL, such as https://host/v1, and LLM_MODEL; a key goes into LLM_API_KEY',
    })
  }
  return { provider: url.host, model, chat: new OpenAiChat({ baseUrl, model, apiKey: apiKey || undefined }) }
}
