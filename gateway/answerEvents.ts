import { answerPieces, type Tokenizer } from '../models/index.ts'
import { answerHead, answerUsage } from './answerBody.ts'
import type { DeliveredAnswer } from './sell/readAnswer.ts'

/**
 * A sold answer as OpenAI's `chat.completion.chunk` events: the role, the text token by token as it was made, the end
 * with the receipt, the usage where it was asked for, [DONE].
 */
export function answerEvents(
  answer: DeliveredAnswer,
  { tokenizer, includeUsage }: { tokenizer: Pick<Tokenizer, 'decode'>; includeUsage: boolean },
): string[] {
  const { id, receipt, signature, signer, finishReason, logprobs } = answer
  const head = { ...answerHead(answer), object: 'chat.completion.chunk' }
  const usage = includeUsage ? { usage: null } : {}
  const event = (choice: object, more: object = {}) =>
    sse({ ...head, choices: [{ index: 0, ...choice }], ...usage, ...more })
  const tokens = answerPieces(tokenizer, answer).map((content, i) => ({
    delta: { content },
    ...(logprobs?.[i] === undefined ? {} : { logprobs: { content: [logprobs[i]], refusal: null } }),
    finish_reason: null,
  }))
  return [
    event({ delta: { role: 'assistant', content: '' }, finish_reason: null }),
    ...tokens.filter((token) => token.delta.content !== '' || 'logprobs' in token).map((token) => event(token)),
    event({ delta: {}, finish_reason: finishReason }, { receipt: { id, body: receipt, signature, signer } }),
    ...(includeUsage ? [sse({ ...head, choices: [], usage: answerUsage(answer) })] : []),
    'data: [DONE]\n\n',
  ]
}

export function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
