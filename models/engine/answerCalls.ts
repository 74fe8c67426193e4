import { parentPort, type Transferable } from 'node:worker_threads'
import { TributaryError } from '../../kernel/index.ts'
import type { CallMap, CallMessage, EndMessage, ReplyMessage } from './WorkerLink.ts'

export type Handlers<Calls extends CallMap> = {
  [Name in keyof Calls]: (input: Calls[Name]['input']) => Promise<Calls[Name]['output']> | Calls[Name]['output']
}

/** The worker's end of a WorkerLink: runs the handlers one call after the other. Large arrays in outputs are handed over. */
export function answerCalls<Calls extends CallMap>(handlers: Handlers<Calls>): { emit: (event: unknown) => void } {
  const port = parentPort
  if (!port) throw new Error('answerCalls runs in a worker thread only')
  let queue = Promise.resolve()
  port.on('message', (message: CallMessage | EndMessage) => {
    // A message arrives between two runs of the runtime, so nothing native is cut. What waits in line is not begun.
    if ('end' in message) process.exit(0)
    queue = queue.then(() => answer(message))
  })
  const answer = async ({ id, name, input }: CallMessage): Promise<void> => {
    let reply: ReplyMessage
    try {
      reply = { id, output: await handlers[name as keyof Calls](input) }
    } catch (error) {
      reply = { id, error: wireError(error) }
    }
    port.postMessage(reply, 'output' in reply ? transferable(reply.output) : [])
  }
  return { emit: (event) => port.postMessage({ event } satisfies ReplyMessage) }
}

function transferable(output: unknown): Transferable[] {
  if (typeof output !== 'object' || output === null) return []
  const values = ArrayBuffer.isView(output) ? [output] : Object.values(output)
  return values.flatMap((value) =>
    ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer ? [value.buffer] : [],
  )
}

function wireError(error: unknown): unknown {
  if (error instanceof TributaryError) return error.toJSON()
  const reason = error instanceof Error ? error.message : String(error)
  return new TributaryError('The runtime of the model failed.', {
    code: 'models/runtime',
    facts: { reason: reason.slice(0, 300) },
    tryThis: 'look for want of memory; report it with the facts if it repeats',
  }).toJSON()
}
