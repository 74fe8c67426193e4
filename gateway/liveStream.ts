import { answerUsage } from './answerBody.ts'
import { sse } from './answerEvents.ts'
import type { DeliveredAnswer } from './sell/readAnswer.ts'

type Live = {
  /** Sells the answer and tells of each piece of its text; rejects where nothing was sold. */
  sell: (onPiece: (text: string) => void) => Promise<{ answer: DeliveredAnswer; headers: Record<string, string> }>
  head: { id: string; created: number; model: string }
  includeUsage: boolean
  /** A failure as it is told in the stream, whose status is long gone. */
  describe: (failure: unknown) => unknown
}

const encoder = new TextEncoder()

/**
 * Server-sent events of an answer as it is made, for payments that can be enforced from the moment it is stored: each piece
 * leaves with its token; the last event has the receipt and, since the headers left before the charge was known, what
 * PAYMENT-RESPONSE would say. What was sold before comes at once. Throws what `sell` throws before its first piece.
 */
export async function liveStream({ sell, head, includeUsage, describe }: Live): Promise<ReadableStream<Uint8Array>> {
  const usage = includeUsage ? { usage: null } : {}
  const event = (choice: object, more: object = {}) =>
    sse({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }], ...usage, ...more })
  const piece = (content: string) => event({ delta: { content }, finish_reason: null })
  let given = ''
  let open: ReadableStreamDefaultController<Uint8Array> | undefined
  const waiting = [event({ delta: { role: 'assistant', content: '' }, finish_reason: null })]
  const send = (text: string): void => {
    if (open === undefined) waiting.push(text)
    else open.enqueue(encoder.encode(text))
  }
  let begin: () => void = () => undefined
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const sold = sell((text) => {
    begin()
    if (text === '') return
    given += text
    send(piece(text))
  })
  // Until a piece has left, a refusal is a response of its own.
  await Promise.race([begun, sold])

  const end = sold.then(
    ({ answer, headers }) => {
      const { id, receipt, signature, signer, finishReason, text } = answer
      if (text.length > given.length) send(piece(text.slice(given.length)))
      const payment = headers['PAYMENT-RESPONSE']
      const more = {
        receipt: { id, body: receipt, signature, signer },
        ...(payment === undefined ? {} : { payment_response: payment }),
      }
      send(event({ delta: {}, finish_reason: finishReason }, more))
      if (includeUsage) send(sse({ ...head, object: 'chat.completion.chunk', choices: [], usage: answerUsage(answer) }))
      send('data: [DONE]\n\n')
    },
    (failure: unknown) => send(sse({ error: describe(failure) })),
  )
  return new ReadableStream<Uint8Array>({
    start(controller) {
      open = controller
      for (const text of waiting) controller.enqueue(encoder.encode(text))
      // A buyer who has left hears nothing more: what was made for it is stored.
      void end.then(() => controller.close()).catch(() => undefined)
    },
    cancel: () => {
      open = { enqueue: () => undefined } as unknown as ReadableStreamDefaultController<Uint8Array>
    },
  })
}
