import { setTimeout as sleep } from 'node:timers/promises'
import type { ReachedServer } from '../reachServer.ts'

export type StreamedEvent = { id: number; kind: string; body: Record<string, unknown> }

const againMs = 500

/**
 * Reads the events of a training from the server until it is published or fails, or `signal` aborts; a connection that is
 * lost is taken up again after the last event that came.
 */
export async function followTraining(
  { url, token }: Pick<ReachedServer, 'url' | 'token'>,
  training: string,
  { signal, onEvent }: { signal: AbortSignal; onEvent: (event: StreamedEvent) => void },
): Promise<void> {
  let last = ''
  while (!signal.aborted) {
    try {
      const headers = { authorization: `Bearer ${token}`, ...(last === '' ? {} : { 'last-event-id': last }) }
      const response = await fetch(`${url}/train/${training}/events`, { headers, signal })
      if (response.ok && response.body) {
        for await (const event of eventsOf(response.body)) {
          if (event.id >= 0) last = `${event.id}`
          onEvent(event)
          if (event.kind === 'published' || event.kind === 'failed') return
        }
      }
    } catch (failure) {
      // Cut by us, or by the server: what is left is asked for again.
      if (signal.aborted || !(failure instanceof Error)) return
    }
    await sleep(againMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Server-sent events as the HTML standard frames them, for what our server sends: one line of data each. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const blocks = (rest + decoder.decode(bytes, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]))
      const data = fields.get('data')
      if (data === undefined) continue
      yield {
        id: Number(fields.get('id') ?? -1),
        kind: fields.get('event') ?? 'message',
        body: JSON.parse(data) as Record<string, unknown>,
      }
    }
  }
}
