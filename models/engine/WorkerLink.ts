import { Worker, type Transferable } from 'node:worker_threads'
import { findError, TributaryError } from '../../kernel/index.ts'

/** What a worker can be asked: each name with what goes in and what comes out. */
export type CallMap = Record<string, { input: unknown; output: unknown }>

export type CallMessage = { id: number; name: string; input: unknown }
/** Asks the worker to end between two runs. */
export type EndMessage = { end: true }
export type ReplyMessage = { id: number; output: unknown } | { id: number; error: unknown } | { event: unknown }

type Pending = { resolve: (output: unknown) => void; reject: (error: unknown) => void }

/**
 * The main thread's end of a worker: calls become promises, coded errors arrive as such, events go to one listener.
 * Calls are served in the order in which they were made. A worker that ends fails what is open with models/engine-stopped.
 */
export class WorkerLink<Calls extends CallMap, Event = never> {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #calls = 0
  #ended: TributaryError | undefined
  /** Rejects with models/engine-stopped when the worker ends; never resolves. */
  readonly ended: Promise<never>
  readonly #reportEnd: (error: TributaryError) => void

  constructor(entry: URL, onEvent: (event: Event) => void = () => undefined) {
    const { promise, reject } = Promise.withResolvers<never>()
    this.ended = promise
    this.#reportEnd = reject
    // Nobody may be waiting when it ends.
    promise.catch(() => undefined)
    this.#worker = new Worker(entry, { execArgv: [] })
    this.#worker.on('message', (message: ReplyMessage) => {
      if ('event' in message) onEvent(message.event as Event)
      else this.#settle(message)
    })
    this.#worker.on('error', (cause) => this.#end(cause))
    this.#worker.on('exit', () => this.#end(undefined))
  }

  call<Name extends keyof Calls & string>(
    name: Name,
    input: Calls[Name]['input'],
    transfer: Transferable[] = [],
  ): Promise<Calls[Name]['output']> {
    if (this.#ended) return Promise.reject(this.#ended)
    const id = this.#calls++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      const message: CallMessage = { id, name, input }
      this.#worker.postMessage(message, transfer)
    })
  }

  /**
   * The worker ends itself after the run it is in: cut from outside in the middle of native code, the runtime would end
   * the whole process.
   */
  async close(): Promise<void> {
    if (this.#ended) return
    const exited = this.ended.catch(() => undefined)
    this.#worker.postMessage({ end: true } satisfies EndMessage, [])
    await exited
  }

  #settle(message: Exclude<ReplyMessage, { event: unknown }>): void {
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if ('error' in message) pending?.reject(findError(message.error) ?? stopped(message.error))
    else pending?.resolve(message.output)
  }

  #end(cause: unknown): void {
    this.#ended ??= stopped(cause)
    for (const { reject } of this.#pending.values()) reject(this.#ended)
    this.#pending.clear()
    this.#reportEnd(this.#ended)
  }
}

function stopped(cause: unknown): TributaryError {
  return new TributaryError('The engine stopped before it answered.', {
    code: 'models/engine-stopped',
    facts: cause instanceof Error ? { reason: cause.message } : {},
    tryThis: 'start again; if it repeats, look for want of memory in the log',
    retry: true,
    cause,
  })
}
