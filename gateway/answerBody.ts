import type { DeliveredAnswer } from './sell/readAnswer.ts'

/** The answer as OpenAI's `chat.completion`, with the receipt beside it. */
export function answerBody(answer: DeliveredAnswer) {
  const { id, receipt, signature, signer, text, finishReason, logprobs } = answer
  return {
    ...answerHead(answer),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text },
        ...(logprobs ? { logprobs: { content: logprobs, refusal: null } } : {}),
        finish_reason: finishReason,
      },
    ],
    usage: answerUsage(answer),
    receipt: { id, body: receipt, signature, signer },
  }
}

export function answerHead({ id, receipt }: DeliveredAnswer) {
  return { id: `chatcmpl-${id.slice(2, 26)}`, created: Math.floor(receipt.at / 1000), model: receipt.model }
}

/** What was computed. What was paid for is `maxTokens` of the receipt. */
export function answerUsage({ receipt: { promptTokens, completionTokens } }: DeliveredAnswer) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}
