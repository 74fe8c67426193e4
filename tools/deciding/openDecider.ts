import { TributaryError } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import { chatDecider } from './chatDecider.ts'
import type { Decider } from './Decider.ts'
import { OpenAiChat } from './OpenAiChat.ts'
import { ownDecider } from './ownDecider.ts'

/**
 * Who agents ask: the chat model of LLM_BASE_URL, LLM_MODEL and LLM_API_KEY, or with LLM=own the base model that this home serves;
 * undefined where neither is set, and then policies decide alone. Throws agents/chat-settings.
 */
export function openDecider(env: NodeJS.ProcessEnv, { engine }: Pick<ToolContext, 'engine'>): Decider | undefined {
  const { LLM: own = '', LLM_BASE_URL: baseUrl, LLM_MODEL: model, LLM_API_KEY: apiKey } = env
  const url = baseUrl && URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  const isChat = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && Boolean(model)
  if (!['', 'own'].includes(own) || (baseUrl && (!isChat || own === 'own'))) {
    throw new TributaryError('Whom agents are to ask is not said in full, or said twice.', {
      code: 'agents/chat-settings',
      facts: { LLM: own, hasModel: Boolean(model), hasUrl: url !== undefined },
      tryThis:
        'set LLM_BASE_URL, such as https://host/v1, and LLM_MODEL; a key goes into LLM_API_KEY. Or set LLM=own alone, to ask the base model of this home',
    })
  }
  if (own === 'own') return ownDecider(engine)
  if (url === undefined || !baseUrl || !model) return undefined
  return chatDecider({ provider: url.host, model, chat: new OpenAiChat({ baseUrl, model, apiKey: apiKey || undefined }) })
} // prettier-ignore
