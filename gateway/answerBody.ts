import type { DeliveredAnswer } from './sell/readAnswer.ts'

/** The answer as OpenAI's `chat.completion`, with the receipt beside it. */
export function answerBody({ id, receipt, signature, signer, text, finishReason }: DeliveredAnswer) {
  const { promptTokens, completionTokens } = receipt
  return {
    id: `chatcmpl-${id.slice(2, 26)}`,
    object: 'chat.completion',
    created: Math.floor(receipt.at / 1000),
    model: receipt.model,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason }],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
    receipt: { id, body: receipt, signature, signer },
  }
}

/** The same as server-sent events: chunks of the text, then usage and receipt, then [DONE]. */
export function answerStream(answer: DeliveredAnswer, headers: Record<string, string>): Response {
  const { choices, object: _, usage, receipt, ...head } = answerBody(answer)
  const chunk = (delta: object, more: object = {}, finish: string | null = null) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`
  const words = answer.text.match(/\S*\s*/g)?.filter(Boolean) ?? []
  const parts = [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((word) => chunk({ content: word })),
    chunk({}, { usage, receipt }, choices[0]?.finish_reason ?? 'stop'),
    'data: [DONE]\n\n',
  ]
  return new Response(parts.join(''), {
    headers: { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })
}
