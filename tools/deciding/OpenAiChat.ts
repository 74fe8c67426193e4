import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import { z } from 'zod'
import { TributaryError } from '../../kernel/index.ts'

const reply = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).partial().optional(),
})
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
      const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`status ${response.status}`)
      if (text.length > longestReply) throw new Error(`${text.length} characters`)
      const { choices, usage } = reply.parse(JSON.parse(text))
      const { prompt_tokens: input_tokens = 0, completion_tokens: output_tokens = 0 } = usage ?? {}
      const message = new AIMessage(choices[0]!.message.content)
      const usageMetadata = { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens }
      Object.assign(message, { usage_metadata: usageMetadata })
      return { generations: [{ text: message.text, message }] }
    } catch (cause) {
      throw new TributaryError('The chat model did not answer as it should.', {
        code: 'agents/chat-model',
        // What it said may quote the prompt.
        facts: { model, reason: cause instanceof z.ZodError ? 'no chat completion' : reasonOf(cause) },
        tryThis: 'look at the endpoint of LLM_BASE_URL; without it, the policies decide alone',
        retry: true,
      })
    }
  }
}

function reasonOf(cause: unknown): string {
  const { name = 'Error', message = '' } = cause as Partial<Error>
  return message.startsWith('status ') ? message : name
}
