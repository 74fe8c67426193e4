import { sse } from './answerEvents.ts'

type Held = {
  /** The events of the answer, once it may leave. */
  events: Promise<readonly string[]>
  headers: Record<string, string>
  beatMs: number
  /** A failure as it is told in the stream, whose status is long gone. */
  describe: (failure: unknown) => unknown
}

/**
 * Server-sent events of an answer that is not there yet: a comment now and then, so that nobody between takes the
 * connection for dead, then all of it. A failure is an `error` event, as OpenAI's API has it, and no [DONE] follows.
 */
export function heldStream({ events, headers, beatMs, describe }: Held): Response {
  const encoder = new TextEncoder()
  let beat: NodeJS.Timeout | undefined
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      send(': the answer is held until its payment is settled\n\n')
      beat = setInterval(() => send(': still waiting\n\n'), beatMs)
      try {
        for (const event of await events) send(event)
        controller.close()
      } catch (failure) {
        send(sse({ error: describe(failure) }))
        controller.close()
      } finally {
        clearInterval(beat)
      }
    },
    cancel: () => clearInterval(beat),
  })
  return new Response(body, { headers: { ...headers, ...eventHeaders } })
}

export const eventHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
