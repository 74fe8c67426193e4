import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { findError, TributaryError } from '../../kernel/index.ts'
import { postChat } from '../../models/index.ts'

const roles: Record<string, string> = { human: 'user', ai: 'assistant', system: 'system' }
const longestReply = 100_000

export type OpenAiChatOptions = { baseUrl: string; model: string; apiKey?: string | undefined; timeoutMs?: number }

/**
 * Any endpoint that speaks OpenAI's chat completions, as a LangChain chat model. The key is in no message and no error.
 * Throws agents/chat-model where it does not answer in time, or not as it should.
 */
export class OpenAiChat extends BaseChatModel {
  readonly options: OpenAiChatOptions

  constructor(options: OpenAiChatOptions) {
    super({ maxRetries: 0 })
    this.options = options
  }

  _llmType(): string {
    return 'openai-compatible'
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const { baseUrl, model, apiKey, timeoutMs = 60_000 } = this.options
    const body = {
      model,
      messages: messages.map((message) => ({ role: roles[message.getType()] ?? 'user', content: message.text })),
      temperature: 0,
      max_tokens: 300,
    }
    try {
      const url = baseUrl.replace(/\/+$/, '')
      const { choices, usage } = await postChat({ url, key: apiKey, body, timeoutMs, mostBytes: longestReply })
      const { prompt_tokens: input_tokens = 0, completion_tokens: output_tokens = 0 } = usage ?? {}
      const message = new AIMessage(choices[0]!.message.content)
      const usageMetadata = { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens }
      Object.assign(message, { usage_metadata: usageMetadata })
      return { generations: [{ text: message.text, message }] }
    } catch (cause) {
      const { code, facts } = findError(cause) ?? {}
      throw new TributaryError('The chat model did not answer as it should.', {
        code: 'agents/chat-model',
        facts: {
          model,
          reason: code ?? (cause as Error).name,
          ...(facts?.['status'] === undefined ? {} : { status: facts['status'] }),
        },
        tryThis: 'look at the endpoint of LLM_BASE_URL; without it, the policies decide alone',
        retry: true,
      })
    }
  }
}
